import {
  DTYPES,
  NearfieldError,
  type DtypeFiles,
  type ModelFile,
  type ModelSpec,
  type Pooling,
  type Prompts,
} from '../contract/index.ts';
import { own, type Manifest } from './manifest.ts';

/** The JSON files of a sentence-embedding repository, as far as they are there. */
export interface RepositoryFiles {
  config: unknown;
  tokenizerConfig: unknown;
  modules: unknown;
  pooling: unknown;
  sentenceTransformers: unknown;
  sentenceBert: unknown;
}

/** Hub paths of `RepositoryFiles`. */
export const REPOSITORY_PATHS: Readonly<Record<keyof RepositoryFiles, string>> = {
  config: 'config.json',
  tokenizerConfig: 'tokenizer_config.json',
  modules: 'modules.json',
  pooling: '1_Pooling/config.json',
  sentenceTransformers: 'config_sentence_transformers.json',
  sentenceBert: 'sentence_bert_config.json',
};

export interface RecipeResult {
  recipe: Pick<
    ModelSpec,
    | 'pooling'
    | 'prompts'
    | 'defaultTask'
    | 'dimensions'
    | 'matryoshka'
    | 'maxTokens'
    | 'keyValue'
    | 'endTokenId'
  >;
  warnings: string[];
}

const DECODERS = /^(qwen|mistral|llama|gemma|phi|gpt)/;
const POOLINGS: ReadonlyMap<string, Pooling> = new Map([
  ['mean', 'mean'],
  ['cls', 'cls'],
  ['lasttoken', 'last'],
  ['pooling_mode_mean_tokens', 'mean'],
  ['pooling_mode_cls_token', 'cls'],
  ['pooling_mode_lasttoken', 'last'],
]);
const POOLING_FLAGS = [
  'pooling_mode_mean_tokens',
  'pooling_mode_cls_token',
  'pooling_mode_lasttoken',
  'pooling_mode_max_tokens',
  'pooling_mode_mean_sqrt_len_tokens',
  'pooling_mode_weightedmean_tokens',
];
/** No model has wider vectors; a wrong number here would ask for all of the memory. */
const MOST_DIMENSIONS = 65_536;
/** RoBERTa-like models count positions from pad_token_id + 1 (transformers, modeling_roberta.py). */
const OFFSET_POSITIONS = /^(xlm-roberta|roberta|camembert|mpnet)/;

/**
 * How a repository makes its vectors, from sentence-transformers' own files; `nearfield.json`
 * overrides them. Pure.
 */
export function recipeOf(files: RepositoryFiles, manifest: Manifest): RecipeResult {
  const warnings: string[] = [];
  refuseUnknownModules(files.modules);
  const modelType = text(own(files.config, 'model_type')) ?? '';
  const dimensions = manifest.dimensions ?? widthOf(files);
  if (dimensions > MOST_DIMENSIONS) {
    throw new NearfieldError(
      'bad-model',
      `The model says that its vectors are ${dimensions} wide; more than ${MOST_DIMENSIONS} is no width.`,
    );
  }
  const pooling = manifest.pooling ?? poolingOf(files.pooling) ?? guessPooling(modelType, warnings);
  const { prompts, task } = promptsOf(files.sentenceTransformers);
  const matryoshka = manifest.matryoshka ?? matryoshkaOf(files.config);
  const defaultTask = manifest.defaultTask ?? task;
  const endTokenId = pooling === 'last' ? count(own(files.config, 'eos_token_id')) : undefined;
  return {
    warnings,
    recipe: {
      pooling,
      dimensions,
      prompts: { ...prompts, ...manifest.prompts },
      maxTokens: manifest.maxTokens ?? limitOf(files, modelType),
      ...(defaultTask !== undefined && { defaultTask }),
      ...keyValueOf(files.config),
      ...(matryoshka && { matryoshka: { min: Math.min(matryoshka.min, dimensions) } }),
      ...(endTokenId !== undefined && { endTokenId }),
    },
  };
}

/** `onnx/model<suffix>.onnx` for each dtype (the hub's naming). */
export function graphPath(dtype: (typeof DTYPES)[number]): string {
  const suffix = { fp32: '', q8: '_quantized' }[dtype as string] ?? `_${dtype}`;
  return `onnx/model${suffix}.onnx`;
}

/** The dtypes that a list of files holds: each graph with the data files named after it. */
export function dtypesOf(files: readonly ModelFile[]): ModelSpec['dtypes'] {
  const dtypes: Partial<Record<(typeof DTYPES)[number], DtypeFiles>> = {};
  for (const dtype of DTYPES) {
    const path = graphPath(dtype);
    const graph = files.find((file) => file.path === path);
    if (!graph) continue;
    dtypes[dtype] = { files: [graph, ...dataOf(graph, files)] };
  }
  return dtypes;
}

/** Data files that are named after a graph. */
export function dataOf(graph: ModelFile, files: readonly ModelFile[]): ModelFile[] {
  return files.filter(
    ({ path }) => path.startsWith(`${graph.path}_data`) || path.startsWith(`${graph.path}.data`),
  );
}

function refuseUnknownModules(modules: unknown): void {
  if (!Array.isArray(modules)) return;
  for (const module of modules as unknown[]) {
    const type = (text(own(module, 'type')) ?? '').split('.').at(-1) ?? '';
    if (['Transformer', 'Pooling', 'Normalize'].includes(type)) continue;
    throw new NearfieldError(
      'unsupported-model',
      `modules.json asks for a "${type.slice(0, 40)}" layer after the transformer, which the ONNX file does not hold; its vectors would be wrong.`,
    );
  }
}

function poolingOf(pooling: unknown): Pooling | undefined {
  if (pooling === undefined) return undefined;
  const modes = poolingModes(pooling);
  const only = modes.length === 1 ? POOLINGS.get(modes[0] ?? '') : undefined;
  if (only) return only;
  throw new NearfieldError(
    'unsupported-model',
    `1_Pooling/config.json: expected one of mean, cls or last-token pooling, got ${modes.join(' + ') || 'none'}.`,
  );
}

/** One `pooling_mode`, or several, since sentence-transformers 6; a flag for each before. */
function poolingModes(pooling: unknown): string[] {
  const modes = own(pooling, 'pooling_mode');
  if (modes !== undefined) return [modes].flat().map((mode) => text(mode) ?? typeof mode);
  return POOLING_FLAGS.filter((flag) => own(pooling, flag) === true);
}

function guessPooling(modelType: string, warnings: string[]): Pooling {
  const pooling = DECODERS.test(modelType) ? 'last' : 'mean';
  warnings.push(
    `The model does not say how its tokens are pooled; ${pooling} pooling is assumed from its type "${modelType.slice(0, 40)}".`,
  );
  return pooling;
}

/** A literal Qwen3 instruction becomes a template, so that callers may give their own task. */
function promptsOf(config: unknown): { prompts: Prompts; task?: string } {
  const prompts = own(config, 'prompts');
  const query = text(own(prompts, 'query')) ?? '';
  const [document = ''] = ['document', 'passage', 'corpus'].flatMap(
    (name) => text(own(prompts, name)) ?? [],
  );
  const task = /^Instruct: (.+)\nQuery:( ?)$/.exec(query);
  if (!task?.[1]) return { prompts: { query, document } };
  const template = `Instruct: {task}\nQuery:${task[2] ?? ''}`;
  return { prompts: { query: template, document }, task: task[1] };
}

function widthOf(files: RepositoryFiles): number {
  const width =
    count(own(files.pooling, 'embedding_dimension')) ??
    count(own(files.pooling, 'word_embedding_dimension')) ??
    count(own(files.config, 'hidden_size')) ??
    count(own(files.config, 'dim'));
  if (width) return width;
  throw new NearfieldError('bad-model', 'config.json: expected a hidden_size, got none.');
}

function limitOf(files: RepositoryFiles, modelType: string): number {
  const positions = count(own(files.config, 'max_position_embeddings'));
  const pad = count(own(files.config, 'pad_token_id')) ?? 1;
  const usable =
    positions !== undefined && OFFSET_POSITIONS.test(modelType) ? positions - pad - 1 : positions;
  const limits = [
    count(own(files.sentenceBert, 'max_seq_length')),
    count(own(files.tokenizerConfig, 'model_max_length')),
    usable,
  ].filter((limit) => limit !== undefined && limit > 0 && limit <= 1_000_000) as number[];
  return limits.length > 0 ? Math.min(...limits) : 512;
}

/** As transformers reads a decoder's configuration. */
function keyValueOf(config: unknown): Pick<ModelSpec, 'keyValue'> {
  const queryHeads = count(own(config, 'num_attention_heads'));
  const hidden = count(own(config, 'hidden_size'));
  const heads = count(own(config, 'num_key_value_heads')) ?? queryHeads;
  const headSize = count(own(config, 'head_dim')) ?? (hidden ?? 0) / (queryHeads ?? 1);
  return heads && Number.isInteger(headSize) && headSize > 0
    ? { keyValue: { heads, headSize } }
    : {};
}

/** The fields vLLM reads: `matryoshka_dimensions` or `is_matryoshka` in config.json. */
function matryoshkaOf(config: unknown): { min: number } | undefined {
  const widths = own(config, 'matryoshka_dimensions');
  if (Array.isArray(widths)) {
    const known = (widths as unknown[]).flatMap((width) => count(width) || []);
    if (known.length > 0) return { min: known.reduce((a, b) => Math.min(a, b)) };
  }
  return own(config, 'is_matryoshka') === true ? { min: 1 } : undefined;
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function count(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : undefined;
}
