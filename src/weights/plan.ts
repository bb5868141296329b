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

/**
 * The dtypes worth trying on a device, best first. With `dtype: 'auto'` those that are only taken
 * by name are left out. Where `native` kernels may run on WASM, the smallest 4-bit file comes first
 * whatever its float type. Throws `bad-input` (no such dtype) or, when the adapter suits none,
 * `no-webgpu`.
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
      `dtype: ${spec.id} has ${there.map(({ dtype }) => dtype).join(', ') || 'none'}; got "${wanted}".`,
    );
  }
  if (device === 'wasm') {
    const small = native && wanted === 'auto' ? smallHalf(spec) : undefined;
    return small ? [{ ...small, nativeOnly: true }, ...asked] : asked;
  }
  if (!adapter) return asked;
  const refusals = asked.map(({ files }) => refusedBy(adapter, files));
  const suited = asked.filter((_, i) => refusals[i] === undefined);
  if (suited.length === 0) {
    const reasons = asked.map(({ dtype }, i) => `${dtype} ${refusals[i]}`).join('; ');
    throw new NearfieldError('no-webgpu', `This GPU suits no file of ${spec.id}: ${reasons}.`);
  }
  return suited;
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
