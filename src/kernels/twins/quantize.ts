const { fround } = Math;

/** Blocks whose values are all smaller count as 0. */
const TINY = fround(1e-30);

export interface QuantizedBlock {
  scale: number;
  /** -127 to 127, ties to even. */
  values: number[];
}

/** int8 with the scale (largest magnitude / 127), all steps in float32 as the kernels do them. */
export function quantizeBlock(block: ArrayLike<number>): QuantizedBlock {
  const values = Array.from(block);
  const largest = Math.max(...values.map(Math.abs));
  if (largest <= TINY) return { scale: 0, values: values.map(() => 0) };
  const factor = fround(127 / largest);
  return {
    scale: fround(largest / 127),
    values: values.map((value) => roundToEven(fround(value * factor))),
  };
}

function roundToEven(value: number): number {
  const rounded = Math.round(value);
  const tie = Math.abs(value % 1) === 0.5;
  return tie && rounded % 2 !== 0 ? rounded - 1 : rounded;
}
