/** Whose vectors a light encoder was fitted to: a query of it may be compared with those alone. */

import type { Pooling } from '../contract/index.ts';

export interface LightModel {
  /** Catalogue id, hub repository id or URL. */
  model: string;
  revision: string;
  /** How the model pools; absent where whoever made the vectors did not note it. */
  pooling?: Pooling;
  dimensions: number;
}

const POOLINGS: readonly Pooling[] = ['mean', 'cls', 'last'];

export function isLightModel(value: unknown): value is LightModel {
  if (typeof value !== 'object' || value === null) return false;
  const { model, revision, pooling, dimensions } = value as Partial<
    Record<keyof LightModel, unknown>
  >;
  return (
    typeof model === 'string' &&
    typeof revision === 'string' &&
    (pooling === undefined || POOLINGS.includes(pooling as Pooling)) &&
    Number.isInteger(dimensions)
  );
}
