/** The line under the search box: what is going on, in one place that never moves. */

import type { LoadProgress } from '../../index.ts';
import { isSample } from '../corpora/corpora.ts';
import { SAMPLE_FILES } from '../corpora/files.ts';
import { button, byId } from '../dom.ts';
import { bytes, count, milliseconds, plural } from '../format.ts';
import type { Answer, Loading, State } from '../state.ts';
import type { Store } from '../store.ts';
import { deviceName, modelName } from './names.ts';

export interface ReadoutActions {
  cancelLoad: () => void;
  loadStarter: () => void;
}

export function setUpReadout(store: Store<State>, actions: ReadoutActions): void {
  const text = byId('readout-text', HTMLParagraphElement);
  const place = byId('readout-actions', HTMLDivElement);
  store.watch(
    (state) => [
      state.loading,
      state.engine,
      state.answer,
      state.engineTrouble,
      state.offered,
      state.erased,
      state.sizes,
      state.query === '',
    ],
    (state) => {
      text.textContent = readout(state);
    },
  );
  store.watch(
    ({ loading, offered, engineTrouble, engine, erased }) => [
      loading !== undefined,
      offered || erased || (engineTrouble !== undefined && engine === undefined),
    ],
    ({ loading, offered, engineTrouble, engine, erased }) => {
      place.replaceChildren();
      if (loading) place.append(button('Cancel', actions.cancelLoad, { name: 'Cancel loading' }));
      else if (offered || erased)
        place.append(button('Load the model', actions.loadStarter, { kind: 'primary' }));
      else if (engineTrouble && !engine)
        place.append(button('Try again', actions.loadStarter, { kind: 'primary' }));
    },
  );
  setUpProgress(store);
}

function readout(state: State): string {
  const { loading, engine, answer, offered, engineTrouble, erased, query } = state;
  if (loading) return loadingText(loading, query !== '' && !engine);
  if (answer) return answerText(answer);
  if (engine) return `Ready: ${modelName(engine.model)} on ${deviceName(engine)}.`;
  if (erased) return 'Everything was deleted from this browser.';
  if (offered) return offerText(state);
  return engineTrouble ? `${engineTrouble.title}. ${engineTrouble.advice}` : 'Starting the engine…';
}

function offerText({ sizes }: State): string {
  const missing = sizes.starter?.missing;
  if (missing === 0) return 'The model is stored in this browser and not loaded.';
  return missing === undefined
    ? 'The model is not loaded, to save data.'
    : `The model is a download of ${bytes(missing)}.`;
}

function loadingText({ model, progress }: Loading, waiting: boolean): string {
  const tail = waiting ? ' Your question runs as soon as it is ready.' : '';
  return `${stepText(model, progress)}${tail}`;
}

function stepText(model: string, progress: LoadProgress | undefined): string {
  const name = modelName(model);
  if (!progress || progress.phase === 'plan') return `Opening ${name}…`;
  if (progress.phase === 'download' && progress.stored < progress.total) {
    return `Downloading ${name}: ${bytes(progress.loaded)} of ${bytes(progress.total)}.`;
  }
  if (progress.phase === 'probe') return `Measuring which device runs ${name} faster…`;
  return progress.phase === 'self-test' ? `Checking ${name} on this device…` : `Preparing ${name}…`;
}

function answerText({ corpus, hits, embedded, searchMs }: Answer): string {
  const scanned = isSample(corpus) ? `${count(SAMPLE_FILES[corpus].rows)} texts` : 'your documents';
  return [
    plural(hits.length, 'hit'),
    ...(embedded ? [embeddedText(embedded)] : []),
    `${scanned} searched in ${milliseconds(searchMs)}`,
  ].join(' · ');
}

function embeddedText({ fromCache, ms }: NonNullable<Answer['embedded']>): string {
  return fromCache ? 'question from cache' : `question embedded in ${milliseconds(ms)}`;
}

function setUpProgress(store: Store<State>): void {
  const bar = byId('progress', HTMLDivElement);
  bar.setAttribute('role', 'progressbar');
  bar.setAttribute('aria-label', 'Loading the model');
  store.watch(
    ({ loading }) => [loading],
    ({ loading }) => {
      bar.hidden = !loading;
      const progress = loading?.progress;
      const known = progress !== undefined && progress.total > 0 && progress.phase === 'download';
      const share = known ? progress.loaded / progress.total : 0;
      bar.toggleAttribute('data-busy', !known);
      bar.style.setProperty('--share', String(share));
      if (known) bar.setAttribute('aria-valuenow', String(Math.round(share * 100)));
      else bar.removeAttribute('aria-valuenow');
    },
  );
}
