/** The part of the page that follows the question: hits, an invitation, or a reason why not. */

import { CORPORA } from '../corpora/corpora.ts';
import { byId, h } from '../dom.ts';
import type { State } from '../state.ts';
import type { Store } from '../store.ts';
import type { HitActions } from './hit.ts';
import { drawResults } from './results.ts';
import { shelfCard, type ShelfActions } from './shelf-card.ts';
import { troubleCard } from './trouble-card.ts';
import { drawWelcome } from './welcome.ts';

export interface StageActions extends Pick<HitActions, 'parallel'>, ShelfActions {
  ask: (query: string) => void;
  removeDocument: (id: string, title: string) => void;
}

type Scene = 'trouble' | 'shelf' | 'answer' | 'waiting' | 'welcome' | 'documents';

/** `documents` is drawn once and kept: it holds a half-written note. */
export function setUpStage(
  store: Store<State>,
  actions: StageActions,
  documents: HTMLElement,
): void {
  const stage = byId('stage', HTMLElement);
  store.watch(
    (state) => [
      sceneOf(state),
      state.corpus,
      state.answer,
      state.searchTrouble,
      sceneOf(state) === 'shelf' && state.shelves[state.corpus],
    ],
    (state) => {
      const scene = sceneOf(state);
      stage.dataset['scene'] = scene;
      stage.replaceChildren(draw(scene, state, actions, documents));
      if (scene === 'answer') markFirstHits();
    },
  );
  store.watch(
    ({ searching }) => [searching],
    ({ searching }) => stage.setAttribute('aria-busy', String(searching)),
  );
}

function sceneOf({ query, corpus, shelves, answer, searchTrouble, engine }: State): Scene {
  if (searchTrouble) return 'trouble';
  const { phase } = shelves[corpus];
  const stuck = ['unembedded', 'mismatch', 'embedding', 'failed'].includes(phase);
  if (engine && stuck) return 'shelf';
  if (query.trim() === '') return corpus === 'documents' ? 'documents' : 'welcome';
  return answer ? 'answer' : 'waiting';
}

function draw(
  scene: Scene,
  state: State,
  actions: StageActions,
  documents: HTMLElement,
): HTMLElement {
  const { corpus, answer, searchTrouble } = state;
  if (scene === 'documents') return documents;
  if (scene === 'welcome') return drawWelcome(CORPORA[corpus], actions.ask);
  if (scene === 'shelf') return shelfCard(state, actions);
  if (scene === 'trouble' && searchTrouble) {
    return troubleCard(searchTrouble, [{ label: 'Try again', go: actions.retry }]);
  }
  if (scene === 'answer' && answer) return drawAnswer(state, actions);
  return h('div', { class: 'waiting' });
}

function drawAnswer({ answer, corpus }: State, actions: StageActions): HTMLElement {
  if (!answer) return h('div');
  const { parallel, removeDocument } = actions;
  return drawResults(answer, {
    parallel,
    ...(corpus === 'documents' && {
      remove: ({ id, title }) => removeDocument(id, title ?? id),
    }),
  });
}

/** Read by bench/first-hits.ts: from opening the page to the first hits by meaning. */
function markFirstHits(): void {
  if (performance.getEntriesByName('nearfield:first-hits').length > 0) return;
  performance.mark('nearfield:first-hits');
}
