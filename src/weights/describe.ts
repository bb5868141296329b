import type { Device, Dtype, DtypeChoice, ModelFile, ModelSpec } from '../contract/index.ts';
import type { AdapterFacts } from '../device/index.ts';
import { probe } from './http.ts';
import { getStored } from './opfs.ts';
import { candidates, remoteFile } from './plan.ts';
import { recallModel, resolveUnlessKept } from './recall.ts';
import { pinnedSpec, type ResolvedModel, type ResolveOptions } from './resolve.ts';
import type { FileStore } from './store.ts';

export interface PlannedFile {
  path: string;
  bytes: number;
  /** It is on this machine already. */
  stored: boolean;
}

/** What loading a model would take, known before anything is downloaded. */
export interface ModelPlan {
  model: string;
  /** Absent for folders without a version, whose revision is a hash of their files. */
  revision?: string;
  device: Device;
  dtype: Dtype;
  files: PlannedFile[];
  /** Of all files. */
  bytes: number;
  /** Of those on this machine. */
  storedBytes: number;
}

/** Where stored files are looked up; storage that fails holds nothing. */
type Reader = Pick<FileStore, 'get'>;

/**
 * Sizes of the files that a device would load. Nobody is asked about a model whose listing is kept,
 * nor about a commit whose sizes the spec tells (the catalogue rounds some to a MiB).
 *
 * @param store what is on this machine. @default the model store of this origin
 */
export async function describeFiles(
  model: string | ModelSpec,
  device: Device,
  dtype: DtypeChoice,
  adapter: AdapterFacts | undefined,
  { native = false, ...options }: ResolveOptions & { native?: boolean },
  store: Reader = { get: getStored },
): Promise<ModelPlan> {
  const filesOf = (spec: ModelSpec): [Dtype, ModelFile[]] => {
    const [best] = candidates(spec, device, dtype, adapter, native);
    if (!best) throw new RangeError('candidates() gives at least one or throws');
    return [best.dtype, [...best.files.files, spec.tokenizer.tokenizer, spec.tokenizer.config]];
  };
  const kept = await recallModel(model, options, store);
  const pinned = pinnedSpec(model, options);
  const unasked = !kept?.settled && pinned && filesOf(pinned.spec)[1].every(isSized);
  const resolved = unasked ? pinned : await resolveUnlessKept(model, options, kept);
  const { spec } = resolved;
  const [best, wanted] = filesOf(spec);
  const files = await Promise.all(
    wanted.map((file) => sizeOf(resolved, file, options.signal, store)),
  );
  const sum = (list: PlannedFile[]): number => list.reduce((total, { bytes }) => total + bytes, 0);
  return {
    model: spec.id,
    device,
    dtype: best,
    files,
    bytes: sum(files),
    storedBytes: sum(files.filter(({ stored }) => stored)),
    ...(spec.revision !== undefined && { revision: spec.revision }),
  };
}

function isSized({ bytes, aboutBytes }: ModelFile): boolean {
  return (bytes ?? aboutBytes) !== undefined;
}

/** Size of one file; 0 where neither the listing, the catalogue nor the server tells it. */
export async function sizeOf(
  model: ResolvedModel,
  file: ModelFile,
  signal?: AbortSignal,
  store: Reader = { get: getStored },
): Promise<PlannedFile> {
  const remote = remoteFile(model, file);
  // Storage that is out of reach, as in Firefox's private windows, holds nothing for us.
  const [lookup] = await Promise.allSettled([store.get(remote.key)]);
  const kept = lookup.status === 'fulfilled' ? lookup.value : undefined;
  const { path } = file;
  if (kept && (file.bytes ?? kept.meta.bytes) === kept.meta.bytes) {
    return { path, bytes: kept.meta.bytes, stored: true };
  }
  const known = file.bytes ?? file.aboutBytes;
  if (known !== undefined) return { path, bytes: known, stored: false };
  const told = await probe(remote.url, signal);
  return { path, bytes: told?.bytes ?? told?.aboutBytes ?? 0, stored: false };
}
