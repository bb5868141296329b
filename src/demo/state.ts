import type { DeviceChoice, EmbedderInfo, Hit, LoadProgress, SearchMode } from '../index.ts';
import type { CorpusId } from './corpora/corpora.ts';
import type { ModelId, ModelSize, StoredModel } from './models.ts';
import { createStore, type Store } from './store.ts';
import type { Trouble } from './trouble.ts';

/** A model being fetched and compiled; the one in use stays in use meanwhile. */
export interface Loading {
  model: ModelId;
  device: DeviceChoice;
  progress?: LoadProgress;
}

export type ShelfPhase =
  | 'closed'
  | 'opening'
  | 'ready'
  /** A sample corpus without vectors of this model. */
  | 'unembedded'
  /** My documents hold another model's vectors. */
  | 'mismatch'
  | 'embedding'
  | 'failed';

export interface ShelfState {
  phase: ShelfPhase;
  documents: number;
  progress?: { done: number; total: number };
  trouble?: Trouble;
}

export interface Answer {
  query: string;
  corpus: CorpusId;
  mode: SearchMode;
  /** The hit whose likes these are, and not the question's answers. */
  like?: Hit;
  hits: readonly Hit[];
  /** Absent where no question was embedded. */
  embedded?: { ms: number; fromCache: boolean };
  searchMs: number;
}

type JobPhase = 'waiting' | 'embedding' | 'done' | 'failed' | 'cancelled';

export interface Job {
  id: number;
  name: string;
  phase: JobPhase;
  /** Texts embedded, of how many; known once the file was read. */
  progress?: { done: number; total: number };
  /** Why it failed. */
  note?: string;
}

export interface State {
  /** The model in use, and where it runs. */
  engine: EmbedderInfo | undefined;
  loading: Loading | undefined;
  engineTrouble: Trouble | undefined;
  /** Data saver is on: the starter waits for a click. */
  offered: boolean;
  device: DeviceChoice;
  sizes: Readonly<Partial<Record<ModelId, ModelSize>>>;
  corpus: CorpusId;
  shelves: Readonly<Record<CorpusId, ShelfState>>;
  query: string;
  mode: SearchMode;
  /** BCP 47 tag of the answers wanted, in a corpus of many languages. */
  language: string;
  searching: boolean;
  answer: Answer | undefined;
  searchTrouble: Trouble | undefined;
  jobs: readonly Job[];
  storedModels: readonly StoredModel[];
  /** The model was loaded and the first question answered, or neither will happen by itself. */
  settled: boolean;
  offline: 'unknown' | 'ready';
  /** The files of the model in use are on this machine for good. */
  modelStored: boolean;
  erased: boolean;
}

const CLOSED: ShelfState = { phase: 'closed', documents: 0 };

export function createState(patch: Partial<State>): Store<State> {
  return createStore<State>({
    engine: undefined,
    loading: undefined,
    engineTrouble: undefined,
    offered: false,
    device: 'auto',
    sizes: {},
    corpus: 'udhr',
    shelves: { udhr: CLOSED, wordnet: CLOSED, documents: CLOSED },
    query: '',
    mode: 'hybrid',
    language: '',
    searching: false,
    answer: undefined,
    searchTrouble: undefined,
    jobs: [],
    storedModels: [],
    settled: false,
    offline: 'unknown',
    modelStored: false,
    erased: false,
    ...patch,
  });
}
