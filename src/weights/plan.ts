import {
  NearfieldError,
  type Device,
  type Dtype,
  type DtypeChoice,
  type DtypeFiles,
  type ModelFile,
  type ModelSpec,
} from '../contract/index.ts';
import type { AdapterFacts } from '../device/index.ts';
import type { ResolvedModel } from './resolve.ts';
import type { FileKey } from './store.ts';

/** Best first: small and exact enough. Files of integer dynamic quantisation (q8, int8) come last. */
const PREFERENCE: Readonly<Record<Device, readonly Dtype[]>> = {
  webgpu: ['q4f16', 'q4', 'fp16', 'fp32', 'bnb4', 'q8', 'uint8', 'int8'],
  wasm: ['q4', 'q8', 'uint8', 'int8', 'fp32', 'bnb4', 'q4f16', 'fp16'],
};

/** A dtype's files on a device, or why the device cannot take them. */
export interface Candidate {
  dtype: Dtype;
  files: DtypeFiles;
  /** Only worth it with Nearfield's own kernels; ONNX Runtime takes another file. */
  nativeOnly?: boolean;
}

const MiB = 1024 * 1024;

/** WASM addresses 4 GiB; what a batch needs is left out. */
const WASM_ROOM = 4096 * MiB - 256 * MiB;
/** A file is read whole before it goes there, and Chromium reads none that is larger. */
const WASM_FILE = 2046 * MiB;

/**
 * The dtypes worth trying on a device, best first. With `dtype: 'auto'` those that are only taken
 * by name are left out. Where `native` kernels may run on WASM, the smallest 4-bit file comes first
 * whatever its float type. Throws `bad-input` (no such dtype) or, when the device can take none,
 * `no-webgpu` or `out-of-memory`.
 */
export function candidates(
  spec: ModelSpec,
  device: Device,
  wanted: DtypeChoice,
  adapter?: AdapterFacts,
  native = false,
): Candidate[] {
  const there = PREFERENCE[device].flatMap((dtype) => {
    const files = spec.dtypes[dtype];
    return files ? [{ dtype, files }] : [];
  });
  const asked = there.filter(({ dtype, files }) =>
    wanted === 'auto' ? !files.notRecommended : dtype === wanted,
  );
  if (asked.length === 0) {
    throw new NearfieldError(
      'bad-input',
      `dtype: ${spec.id} has ${namesOf(there)}; got "${wanted}".`,
    );
  }
  const refusal = ({ files }: Candidate): string | undefined =>
    device === 'wasm' ? tooBigForWasm(files) : adapter && refusedBy(adapter, files);
  const suited = asked.filter((candidate) => refusal(candidate) === undefined);
  const small = native && device === 'wasm' && wanted === 'auto' ? smallHalf(spec) : undefined;
  if (small) return [{ ...small, nativeOnly: true }, ...suited];
  if (suited.length > 0) return suited;
  const reasons = asked.map((candidate) => `${candidate.dtype} ${refusal(candidate)}`).join('; ');
  if (device === 'webgpu') {
    throw new NearfieldError('no-webgpu', `This GPU suits no file of ${spec.id}: ${reasons}.`);
  }
  const smaller = there.filter((candidate) => refusal(candidate) === undefined);
  throw new NearfieldError(
    'out-of-memory',
    `${spec.id} is too big for WASM: ${reasons}. Smaller dtypes: ${namesOf(smaller)}.`,
  );
}

function namesOf(candidates: readonly Candidate[]): string {
  return candidates.map(({ dtype }) => dtype).join(', ') || 'none';
}

/**
 * Why the memory of WASM cannot hold a dtype, as far as its sizes are known. Measured on ONNX
 * Runtime 1.30: the weights in a graph are there twice (1,700 MiB took 3,497), those in data files
 * once (3,700 MiB took 3,784).
 */
export function tooBigForWasm({ files }: DtypeFiles): string | undefined {
  const [graph = 0, ...data] = files.map(({ bytes, aboutBytes }) => bytes ?? aboutBytes ?? 0);
  const largest = Math.max(graph, ...data);
  if (largest > WASM_FILE)
    return `has a file of ${largest} bytes, the largest read is ${WASM_FILE}`;
  const needed = data.reduce((sum, bytes) => sum + bytes, 2 * graph);
  return needed > WASM_ROOM ? `takes ${needed} bytes, there are ${WASM_ROOM}` : undefined;
}

/** The 4-bit file with float16 around it, where that is the smaller one: half a table of float32. */
function smallHalf({ dtypes }: ModelSpec): Candidate | undefined {
  const { q4, q4f16 } = dtypes;
  if (!q4f16 || q4f16.notRecommended) return undefined;
  const [half, full] = [bytesOf(q4f16), bytesOf(q4)];
  if (half !== undefined && full !== undefined && half >= full) return undefined;
  return { dtype: 'q4f16', files: q4f16 };
}

/** As far as the sizes are known beforehand. */
function bytesOf(dtype: DtypeFiles | undefined): number | undefined {
  const sizes = dtype?.files.map(({ bytes, aboutBytes }) => bytes ?? aboutBytes);
  return sizes?.reduce(
    (sum, size) => (sum === undefined || size === undefined ? undefined : sum + size),
    0,
  );
}

/** Why an adapter cannot run a file, or undefined when it can. */
export function refusedBy(
  adapter: AdapterFacts,
  needs: Pick<DtypeFiles, 'needsShaderF16' | 'largestTensorBytes'>,
): string | undefined {
  if (needs.needsShaderF16 && !adapter.shaderF16) return 'needs the feature shader-f16';
  const room = Math.min(adapter.maxStorageBufferBindingSize, adapter.maxBufferSize);
  const largest = needs.largestTensorBytes ?? 0;
  if (largest > room) return `has a tensor of ${largest} bytes, the largest buffer is ${room}`;
  return undefined;
}

/** A file of a model and where it comes from. */
export interface RemoteFile {
  url: string;
  key: FileKey;
  bytes?: number;
  sha256?: string;
  /** The address names this very content (a commit, a known hash): a stored copy needs no question. */
  immutable: boolean;
}

/** One file of a resolved model as something to fetch. */
export function remoteFile(model: ResolvedModel, file: ModelFile): RemoteFile {
  return {
    url: model.base + file.path.split('/').map(encodeURIComponent).join('/'),
    key: { folder: model.folder, path: file.path },
    immutable: model.immutable,
    ...(file.bytes !== undefined && { bytes: file.bytes }),
    ...(file.sha256 !== undefined && { sha256: file.sha256 }),
  };
}
