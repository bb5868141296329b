/** Meaning without a model: a query encoder of a few megabytes, fitted from the passages' own vectors. */

export { LightEncoder } from './encoder.ts';
export { fitLight, type FitOptions } from './fit.ts';
export { vocabularyOf } from './vocabulary.ts';
