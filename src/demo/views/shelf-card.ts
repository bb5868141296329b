/** Why a collection cannot be searched with the model in use, and what can be done. */

import { CORPORA, isSample, type CorpusId } from '../corpora/corpora.ts';
import { SAMPLE_FILES } from '../corpora/files.ts';
import { button, h } from '../dom.ts';
import { count, plural } from '../format.ts';
import type { ShelfState, State } from '../state.ts';
import { modelName } from './names.ts';
import { progressBar } from './progress.ts';
import { troubleCard } from './trouble-card.ts';

export interface ShelfActions {
  retry: () => void;
  embed: (id: CorpusId) => void;
  cancelEmbed: () => void;
}

export function shelfCard({ corpus, shelves, engine }: State, actions: ShelfActions): HTMLElement {
  const shelf = shelves[corpus];
  const model = modelName(engine?.model ?? '');
  const embed = (): void => actions.embed(corpus);
  if (shelf.phase === 'embedding') return embedding(shelf, model, actions.cancelEmbed);
  if (shelf.phase === 'unembedded' && isSample(corpus)) {
    const { rows } = SAMPLE_FILES[corpus];
    const left = rows - shelf.documents;
    return h(
      'div',
      { class: 'card' },
      h('h2', {}, `${CORPORA[corpus].name} was embedded with the starter`),
      h(
        'p',
        {},
        `To search it with ${model}, its ${plural(left, 'text')} must be embedded here once. You can go on using the page, and stop at any time.`,
      ),
      h(
        'div',
        { class: 'card-actions' },
        button(`Embed ${count(left)} texts`, embed, { kind: 'primary' }),
      ),
    );
  }
  if (shelf.phase === 'mismatch') {
    return h(
      'div',
      { class: 'card' },
      h('h2', {}, 'Your documents were embedded with another model'),
      h(
        'p',
        {},
        `They are all here. Embed them again with ${model}, or switch back to the model they were made with.`,
      ),
      h('div', { class: 'card-actions' }, button('Embed again', embed, { kind: 'primary' })),
    );
  }
  return troubleCard(shelf.trouble ?? UNKNOWN, [{ label: 'Try again', go: actions.retry }]);
}

const UNKNOWN = {
  code: 'internal',
  title: 'This collection could not be opened',
  advice: 'Try again; reload the page if it stays.',
  detail: '',
} as const;

function embedding({ progress }: ShelfState, model: string, cancel: () => void): HTMLElement {
  const { done, total } = progress ?? { done: 0, total: 0 };
  return h(
    'div',
    { class: 'card' },
    h('h2', {}, `Embedding with ${model}`),
    progressBar('Embedding', done, total),
    h('p', {}, total > 0 ? `${count(done)} of ${count(total)} texts` : 'Reading…'),
    h('div', { class: 'card-actions' }, button('Stop', cancel)),
  );
}
