import {
  CATALOGUE,
  DEFAULT_MODEL,
  DTYPES,
  HUB_URL,
  NearfieldError,
  PRECISIONS,
  RUNTIMES,
  SIMDS,
  type EmbedderOptions,
  type ModelSpec,
} from './contract/index.ts';

/** Values of every option that a caller leaves out. */
export const DEFAULTS = {
  model: DEFAULT_MODEL,
  device: 'auto',
  dtype: 'auto',
  runtime: 'auto',
  precision: 'auto',
  simd: 'auto',
  cache: 'indexeddb',
  cacheBytes: 256 * 1024 * 1024,
  hubUrl: HUB_URL,
  modelsUrl: 'models/',
} as const satisfies EmbedderOptions;

export type ModelOptions = Pick<
  EmbedderOptions,
  'model' | 'device' | 'dtype' | 'revision' | 'hubUrl' | 'modelsUrl' | 'signal'
> &
  Pick<EmbedderOptions, 'maxTokens' | 'threads' | 'runtime' | 'precision' | 'simd'>;

/** Options checked at the door, defaults filled in, URLs absolute. Throws `bad-input`. */
export function checkModelOptions<T extends ModelOptions>(options: T) {
  const { device = DEFAULTS.device, dtype = DEFAULTS.dtype } = options;
  oneOf('device', device, ['auto', 'webgpu', 'wasm']);
  oneOf('dtype', dtype, ['auto', ...DTYPES]);
  const kernels = checkKernels(options);
  checkCount('maxTokens', options.maxTokens, Number.MAX_SAFE_INTEGER);
  checkCount('threads', options.threads, 64);
  if (options.revision !== undefined && !isName(options.revision)) {
    throw new NearfieldError(
      'bad-input',
      `revision: expected a branch, a tag or a commit, got ${nameOf(options.revision)}.`,
    );
  }
  return {
    ...options,
    ...kernels,
    device,
    dtype,
    model: checkModel(options.model ?? DEFAULTS.model),
    hubUrl: absolute('hubUrl', options.hubUrl ?? DEFAULTS.hubUrl).replace(/\/+$/, ''),
    modelsUrl: withSlash(absolute('modelsUrl', options.modelsUrl ?? DEFAULTS.modelsUrl)),
  };
}

/** What computes on WASM, and how. */
function checkKernels(options: ModelOptions) {
  const { runtime = DEFAULTS.runtime, precision = DEFAULTS.precision } = options;
  const { simd = DEFAULTS.simd } = options;
  oneOf('runtime', runtime, ['auto', ...RUNTIMES]);
  oneOf('precision', precision, PRECISIONS);
  oneOf('simd', simd, ['auto', ...SIMDS]);
  if (precision === 'exact' && runtime === 'native') {
    throw new NearfieldError(
      'bad-input',
      'precision: expected "auto" with runtime "native", whose kernels round activations; got "exact".',
    );
  }
  return { runtime, precision, simd };
}

/** Texts of one call as an array. Throws `bad-input` with the index of the first bad text. */
export function checkTexts(texts: string | readonly string[]): readonly string[] {
  const list: readonly unknown[] = Array.isArray(texts) ? texts : [texts];
  const index = list.findIndex((text) => typeof text !== 'string' || text.trim() === '');
  if (index < 0) return list as readonly string[];
  const got = typeof list[index] === 'string' ? 'a blank string' : nameOf(list[index]);
  throw new NearfieldError(
    'bad-input',
    `texts[${index}]: expected a string with something to read, got ${got}.`,
    { index },
  );
}

function checkModel(model: unknown): string | ModelSpec {
  if (typeof model === 'object' && model !== null && 'id' in model && 'dtypes' in model) {
    return model as ModelSpec;
  }
  if (typeof model !== 'string' || model === '') {
    throw new NearfieldError(
      'bad-input',
      `model: expected ${Object.keys(CATALOGUE).join(', ')}, a hub repository, a URL or a ModelSpec; got ${nameOf(model)}.`,
    );
  }
  // A path is a folder beside the page; `owner/name` and catalogue ids are left as they are.
  return /^\.{0,2}\//.test(model) ? absolute('model', model) : model;
}

function checkCount(option: string, value: unknown, most: number): void {
  if (value === undefined) return;
  if (Number.isInteger(value) && (value as number) >= 1 && (value as number) <= most) return;
  const expected = most === Number.MAX_SAFE_INTEGER ? 'a positive integer' : `1 to ${most}`;
  throw new NearfieldError('bad-input', `${option}: expected ${expected}, got ${nameOf(value)}.`);
}

function isName(value: unknown): boolean {
  return typeof value === 'string' && value.trim() !== '';
}

function absolute(option: string, url: string): string {
  try {
    const parsed = new URL(url, document.baseURI);
    if (['http:', 'https:'].includes(parsed.protocol)) return parsed.href;
  } catch {
    // Falls through to the same message as any other address that cannot be fetched.
  }
  throw new NearfieldError('bad-input', `${option}: expected an http(s) address, got "${url}".`);
}

function withSlash(url: string): string {
  return url.endsWith('/') ? url : `${url}/`;
}

/** Throws `bad-input` unless an option's value is one of those allowed. */
export function oneOf(option: string, value: unknown, allowed: readonly unknown[]): void {
  if (allowed.includes(value)) return;
  throw new NearfieldError(
    'bad-input',
    `${option}: expected ${allowed.join(', ')}; got ${nameOf(value)}.`,
  );
}

function nameOf(value: unknown): string {
  if (value === null) return 'null';
  if (typeof value === 'string') return `"${value}"`;
  return typeof value === 'number' ? String(value) : `a value of type ${typeof value}`;
}
