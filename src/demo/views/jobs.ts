/** Files on their way in: one line each, and one place to stop them. */

import type { Ingest } from '../documents/ingest.ts';
import { button, h } from '../dom.ts';
import { count, plural } from '../format.ts';
import type { Job } from '../state.ts';
import { progressBar } from './progress.ts';

export function drawJobs(jobs: readonly Job[], ingest: Ingest): HTMLElement[] {
  if (jobs.length === 0) return [];
  const busy = jobs.some(({ phase }) => phase === 'waiting' || phase === 'embedding');
  const done = jobs.filter(({ phase }) => phase === 'done').length;
  return [
    h(
      'div',
      { class: 'listed-head' },
      h('h2', { class: 'label' }, `Added ${count(done)} of ${plural(jobs.length, 'text')}`),
      busy
        ? button('Stop', () => ingest.cancel(), { name: 'Stop adding' })
        : button('Dismiss', () => ingest.dismiss(), { name: 'Dismiss this report' }),
    ),
    h('ul', { class: 'job-list' }, ...jobs.map(drawJob)),
  ];
}

function drawJob({ name, phase, progress, note }: Job): HTMLElement {
  const { done, total } = progress ?? { done: 0, total: 0 };
  return h(
    'li',
    { class: 'job', attrs: { 'data-phase': phase } },
    h('span', { class: 'document-title', attrs: { dir: 'auto' } }, name),
    h('span', { class: 'job-state' }, stateText(phase, note, done, total)),
    phase === 'embedding' && progressBar(`Embedding ${name}`, done, total),
  );
}

function stateText(
  phase: Job['phase'],
  note: string | undefined,
  done: number,
  total: number,
): string {
  if (note !== undefined) return note;
  if (phase === 'waiting') return 'waiting';
  if (phase === 'cancelled') return 'stopped';
  if (phase === 'done') return 'added';
  return total > 0 ? `${count(done)} of ${plural(total, 'passage')}` : 'reading';
}
