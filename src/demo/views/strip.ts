/** How near each hit is by meaning, on one ruler: the list shows an order, the ruler the distances. */

import type { Hit } from '../../index.ts';
import { h } from '../dom.ts';

const STEP = 0.05;

export interface Strip {
  element: HTMLElement;
  point: (index: number | undefined) => void;
}

/** @returns undefined where meaning was not searched */
export function createStrip(hits: readonly Hit[]): Strip | undefined {
  const scores = hits.flatMap(({ similarity }) => similarity ?? []);
  if (scores.length === 0) return undefined;
  const low = Math.floor(Math.min(...scores) / STEP) * STEP;
  const high = Math.max(low + STEP, Math.ceil(Math.max(...scores) / STEP) * STEP);
  const ticks = scores.map((score) =>
    h('span', { class: 'tick', vars: { '--at': String((score - low) / (high - low)) } }),
  );
  const element = h(
    'div',
    { class: 'strip', attrs: { 'aria-hidden': 'true' } },
    h('span', { class: 'strip-end' }, `far ${low.toFixed(2)}`),
    h('span', { class: 'strip-line' }, ...ticks),
    h('span', { class: 'strip-end' }, `${high.toFixed(2)} near`),
  );
  return {
    element,
    point: (index) => {
      ticks.forEach((tick, i) => tick.toggleAttribute('data-on', i === index));
    },
  };
}
