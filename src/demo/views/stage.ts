/** The part of the page that follows the question: hits, an invitation, or a reason why not. */

import { CORPORA } from '../corpora/corpora.ts';
import { byId, h } from '../dom.ts';
import type { Answer, State } from '../state.ts';
import type { Store } from '../store.ts';
import { drawResults, type ResultActions } from './results.ts';
import { shelfCard, type ShelfActions } from './shelf-card.ts';
import { troubleCard } from './trouble-card.ts';
import { drawWelcome } from './welcome.ts';

export interface StageActions extends Omit<ResultActions, 'remove'>, ShelfActions {
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
  let shown: Answer | undefined;
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
      const focused = stage.contains(document.activeElement);
      stage.dataset['scene'] = scene;
      stage.replaceChildren(draw(scene, state, actions, documents));
      if (scene === 'answer') markFirstHits();
      if (focused) keepFocus(stage, shown, state.answer);
      shown = state.answer;
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

function drawAnswer({ answer, corpus, shelves }: State, actions: StageActions): HTMLElement {
  if (!answer) return h('div');
  const { parallel, similar, back, askBoth, removeDocument } = actions;
  return drawResults(answer, shelves[corpus].documents, {
    parallel,
    similar,
    back,
    askBoth,
    ...(corpus === 'documents' && {
      remove: ({ id, title }) => removeDocument(id, title ?? id),
    }),
  });
}

/** To the way back from what is like a hit, and back again to that hit. */
function keepFocus(stage: HTMLElement, before: Answer | undefined, now: Answer | undefined): void {
  if (now?.like) return stage.querySelector<HTMLElement>('.like-head button')?.focus();
  const { like } = before ?? {};
  const at = now?.hits.findIndex(({ id }) => id === like?.id) ?? -1;
  stage.querySelectorAll<HTMLElement>('.hit-like')[at]?.focus();
}

/** Read by bench/first-hits.ts: from opening the page to the first hits by meaning. */
function markFirstHits(): void {
  if (performance.getEntriesByName('nearfield:first-hits').length > 0) return;
  performance.mark('nearfield:first-hits');
}
