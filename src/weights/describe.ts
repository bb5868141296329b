import type { Device, Dtype, DtypeChoice, ModelFile, ModelSpec } from '../contract/index.ts';
import type { AdapterFacts } from '../device/index.ts';
import { getStored } from './opfs.ts';
import { probe } from './http.ts';
import { candidates, remoteFile } from './plan.ts';
import { resolveModel, type ResolvedModel, type ResolveOptions } from './resolve.ts';

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

/** Sizes of the files that a device would load, from the listing, the catalogue or the server. */
export async function describeFiles(
  model: string | ModelSpec,
  device: Device,
  dtype: DtypeChoice,
  adapter: AdapterFacts | undefined,
  options: ResolveOptions & { native?: boolean },
): Promise<ModelPlan> {
  const resolved = await resolveModel(model, options);
  const { spec } = resolved;
  const [best] = candidates(spec, device, dtype, adapter, options.native);
  if (!best) throw new RangeError('candidates() gives at least one or throws');
  const wanted = [...best.files.files, spec.tokenizer.tokenizer, spec.tokenizer.config];
  const files = await Promise.all(wanted.map((file) => sizeOf(resolved, file, options.signal)));
  const sum = (list: PlannedFile[]): number => list.reduce((total, { bytes }) => total + bytes, 0);
  return {
    model: spec.id,
    device,
    dtype: best.dtype,
    files,
    bytes: sum(files),
    storedBytes: sum(files.filter(({ stored }) => stored)),
    ...(spec.revision !== undefined && { revision: spec.revision }),
  };
}

/** Size of one file; 0 where neither the listing, the catalogue nor the server tells it. */
export async function sizeOf(
  model: ResolvedModel,
  file: ModelFile,
  signal?: AbortSignal,
): Promise<PlannedFile> {
  const remote = remoteFile(model, file);
  // Storage that is out of reach, as in Firefox's private windows, holds nothing for us.
  const [lookup] = await Promise.allSettled([getStored(remote.key)]);
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
