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

/** Sizes on this device. The catalogue knows them: no hub is told of the visitors of this page. */
export async function sizeOf(model: ModelId, device: DeviceChoice): Promise<ModelSize | undefined> {
  try {
    const { bytes, storedBytes } = await describeModel(model, { device });
    return { bytes, missing: bytes - storedBytes };
  } catch {
    // No size to show; loading the model gives the reason.
    return undefined;
  }
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
