/** The demo page: its parts, and the views that draw what they do. */

import * as nearfield from '../index.ts';
import { deleteEverything, removeAllDocuments, removeDocument } from './deletions.ts';
import { changeCorpus, changeMode, dropFiles, load, refreshModels, start } from './life.ts';
import { parallelText } from './parallel.ts';
import { createParts } from './parts.ts';
import { opening } from './preferences.ts';
import { setUpPwa } from './pwa.ts';
import { setUpTheme } from './theme.ts';
import { setUpAnnouncements } from './views/announce.ts';
import { setUpCorpora } from './views/corpora.ts';
import { setUpData } from './views/data.ts';
import { createDocuments, setUpDrop } from './views/documents.ts';
import { setUpEngine } from './views/engine.ts';
import { setUpMode } from './views/mode.ts';
import { setUpQuestion } from './views/question.ts';
import { setUpReadout } from './views/readout.ts';
import { setUpStage } from './views/stage.ts';

// For the console: `await nearfield.createEmbedder({ model: 'starter' })`.
Object.assign(globalThis, { nearfield });

const asked = opening(location.search);
const parts = createParts(asked);
const { store, shelf, engine, search, ingest } = parts;
const remove = (id: string, title: string): void => void removeDocument(parts, id, title);

const documents = createDocuments(store, ingest, {
  list: async (limit) => (await (await shelf.open('documents'))?.list({ limit })) ?? [],
  remove,
  removeAll: () => void removeAllDocuments(parts),
});

setUpTheme();
setUpQuestion(store, search);
setUpCorpora(store, () => changeCorpus(parts));
setUpMode(store, (mode) => changeMode(parts, mode));
setUpReadout(store, {
  cancelLoad: () => engine.cancel(),
  loadStarter: () => void load(parts, 'starter', store.get().device),
});
setUpStage(
  store,
  {
    parallel: (hit) => parallelText(parts, hit),
    similar: search.similar,
    back: search.ask,
    askBoth: () => changeMode(parts, 'hybrid'),
    ask: (query) => {
      store.set({ query });
      search.ask();
    },
    retry: () => {
      store.set({ searchTrouble: undefined });
      changeCorpus(parts);
    },
    embed: (id) => void shelf.embed(id).then(() => search.ask()),
    cancelEmbed: () => shelf.cancelEmbed(),
    removeDocument: remove,
  },
  documents,
);
setUpEngine(store, {
  load: (model, device) => void load(parts, model, device),
  dismissTrouble: () => store.set({ engineTrouble: undefined }),
});
setUpData(store, { deleteEverything: () => void deleteEverything(parts) });
setUpAnnouncements(store);
setUpDrop((files) => dropFiles(parts, files));
setUpPwa(store);
store.watch(
  ({ modelStored }) => [modelStored],
  ({ modelStored }) => {
    if (modelStored) void refreshModels(parts);
  },
);
void start(parts, asked);
