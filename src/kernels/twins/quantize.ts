const { fround } = Math;

/** Blocks whose values are all smaller count as 0. */
const TINY = fround(1e-30);

export interface QuantizedBlock {
  scale: number;
  /** -127 to 127, or as far as asked for; ties to even. */
  values: number[];
}

/** int8 with the scale (largest magnitude / `most`), all steps in float32 as the kernels do them. */
export function quantizeBlock(block: ArrayLike<number>, most = 127): QuantizedBlock {
  const values = Array.from(block);
  const largest = Math.max(...values.map(Math.abs));
  if (largest <= TINY) return { scale: 0, values: values.map(() => 0) };
  const factor = fround(most / largest);
  return {
    scale: fround(largest / most),
    values: values.map((value) => roundToEven(fround(value * factor))),
  };
}

export function roundToEven(value: number): number {
  const rounded = Math.round(value);
  const tie = Math.abs(value % 1) === 0.5;
  return tie && rounded % 2 !== 0 ? rounded - 1 : rounded;
}
