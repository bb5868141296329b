/** Whether somebody else's vectors are those of a model, as far as some texts tell. */

import { NearfieldError, type TextKind } from '../contract/index.ts';
import type { NodeModel } from '../node/index.ts';

/** Least cosine of a text's two vectors: rounding costs less, another model or prompt more. */
const LEAST_COSINE = 0.99;

const PROBES: readonly [TextKind, string][] = [
  [
    'document',
    'Open the settings, choose your account, and press the button that sends a new link.',
  ],
  ['document', 'Der Fluss entspringt in den Bergen und mündet nach 300 Kilometern ins Meer.'],
  ['document', 'const total = prices.reduce((sum, price) => sum + price, 0);'],
  ['document', '水は摂氏百度で沸騰する。'],
  ['query', 'how do I reset my password?'],
  ['query', 'Where do rivers begin?'],
];

/** Throws `self-test-failed` with the text that differs most. */
export async function proveAlike(
  model: NodeModel,
  embed: (texts: readonly string[], kind: TextKind) => Promise<Float32Array>,
  who: string,
): Promise<void> {
  let worst = { cosine: Infinity, text: '' };
  for (const kind of ['document', 'query'] as const) {
    const texts = PROBES.filter(([of]) => of === kind).map(([, text]) => text);
    const [own, theirs] = [await model.embed(texts, kind), await embed(texts, kind)];
    for (const [i, text] of texts.entries()) {
      const cosine = dotOfRow(own, theirs, i, model.info.dimensions);
      if (cosine < worst.cosine) worst = { cosine, text };
    }
  }
  if (worst.cosine >= LEAST_COSINE) return;
  throw new NearfieldError(
    'self-test-failed',
    `${who} gives other vectors than ${model.info.id} does here: of "${worst.text}" the two have a cosine of ${worst.cosine.toFixed(4)}, expected ${LEAST_COSINE} or more. Serve the same model, without prompts of the server's own, and name it (model, --model).`,
  );
}

/** Of unit rows, their cosine. */
function dotOfRow(a: Float32Array, b: Float32Array, row: number, width: number): number {
  let sum = 0;
  for (let i = row * width; i < (row + 1) * width; i++) sum += a[i]! * b[i]!;
  return sum;
}
