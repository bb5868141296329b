/** The models this page offers, their sizes, and what is stored of them. */

import { CATALOGUE, describeModel, type DeviceChoice, type ModelSpec } from '../index.ts';

export const MODELS = ['starter', 'qwen3-embedding-0.6b'] as const;
export type ModelId = (typeof MODELS)[number];

export interface ModelSize {
  bytes: number;
  /** Bytes still to download. */
  missing: number;
}

export interface StoredModel {
  id: string;
  bytes: number;
}

export async function sizeOf(
  model: ModelId,
  device: DeviceChoice,
  stored: readonly StoredModel[],
): Promise<ModelSize | undefined> {
  const spec = CATALOGUE[model];
  if (!spec) return undefined;
  try {
    const { bytes } = await describeModel(unasked(spec), { device });
    const kept = stored.find(({ id }) => isOf(spec, id))?.bytes ?? 0;
    // The catalogue rounds some sizes to a MiB.
    return { bytes, missing: kept > bytes * 0.99 ? 0 : bytes - kept };
  } catch {
    // No size to show; loading the model gives the reason.
    return undefined;
  }
}

/** The catalogue knows the sizes; asking the hub would tell it of every visitor of this page. */
function unasked(spec: ModelSpec): ModelSpec {
  return 'hub' in spec.source ? { ...spec, source: { url: `${spec.source.hub}/` } } : spec;
}

/** Which of our models a stored folder belongs to. */
export function modelOfFolder(folder: string): ModelId | undefined {
  return MODELS.find((id) => {
    const spec = CATALOGUE[id];
    return spec !== undefined && isOf(spec, folder);
  });
}

function isOf({ source }: ModelSpec, folder: string): boolean {
  return 'hub' in source ? folder.startsWith(`${source.hub}@`) : folder.includes(`/${source.url}@`);
}
