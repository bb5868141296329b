/** Files and notes on their way into the visitor's collection, one after another. */

import type { Collection, DocumentInput } from '../../index.ts';
import type { Job, State } from '../state.ts';
import type { Store } from '../store.ts';
import { isAbort, troubleOf } from '../trouble.ts';
import { readTextFile, Refusal } from './files.ts';

export interface Ingest {
  addFiles(files: Iterable<File>): void;
  addNote(text: string): void;
  /** Goes on with what waits; does nothing while no collection can be had. */
  pump(): Promise<void>;
  cancel(): void;
  dismiss(): void;
}

type Read = () => Promise<DocumentInput>;

export function createIngest(
  store: Store<State>,
  open: () => Promise<Collection | undefined>,
  onChange: () => Promise<void>,
): Ingest {
  const reads = new Map<number, Read>();
  let abort = new AbortController();
  let pumping = false;
  let lastId = 0;

  function queue(name: string, read: Read): void {
    const id = ++lastId;
    reads.set(id, read);
    store.set({ jobs: [...store.get().jobs, { id, name, phase: 'waiting' }] });
  }

  function update(id: number, patch: Partial<Job>): void {
    store.set({
      jobs: store.get().jobs.map((job) => (job.id === id ? { ...job, ...patch } : job)),
    });
  }

  async function pump(): Promise<void> {
    if (pumping) return;
    pumping = true;
    try {
      for (let job = next(); job; job = next()) {
        const collection = await open();
        if (!collection) return;
        await run(job, collection);
      }
    } finally {
      pumping = false;
    }
  }

  function next(): Job | undefined {
    return store.get().jobs.find(({ phase }) => phase === 'waiting');
  }

  async function run({ id }: Job, collection: Collection): Promise<void> {
    const { signal } = abort;
    try {
      update(id, { phase: 'embedding' });
      const document = await reads.get(id)?.();
      if (!document) return;
      const onProgress = (progress: { done: number; total: number }): void => {
        if (!signal.aborted) update(id, { progress });
      };
      await collection.add(document, { signal, onProgress });
      update(id, { phase: 'done' });
      await onChange();
    } catch (error) {
      update(id, failure(error));
    } finally {
      reads.delete(id);
    }
  }

  function cancel(): void {
    abort.abort();
    abort = new AbortController();
    for (const { id, phase } of store.get().jobs) {
      if (phase === 'waiting') update(id, { phase: 'cancelled' });
    }
  }

  return {
    addFiles: (files) => {
      for (const file of files) queue(file.name, () => documentOf(file));
      void pump();
    },
    addNote: (text) => {
      const note = noteOf(text);
      queue(note.title ?? 'Note', () => Promise.resolve(note));
      void pump();
    },
    pump,
    cancel,
    dismiss: () => {
      const busy = ({ phase }: Job): boolean => phase === 'waiting' || phase === 'embedding';
      store.set({ jobs: store.get().jobs.filter(busy) });
    },
  };
}

function failure(error: unknown): Partial<Job> {
  if (isAbort(error)) return { phase: 'cancelled' };
  if (error instanceof Refusal) return { phase: 'failed', note: error.message };
  const { title, advice } = troubleOf(error);
  return { phase: 'failed', note: `${title}. ${advice}` };
}

/** The same file dropped again replaces what it was. */
async function documentOf(file: File): Promise<DocumentInput> {
  const { title, text } = await readTextFile(file);
  const path = file.webkitRelativePath || file.name;
  return { id: `file:${path}`, title, text, metadata: { file: path, bytes: file.size } };
}

function noteOf(text: string): DocumentInput {
  const clean = text.replace(/\r\n?/g, '\n').trim();
  const [first = ''] = clean.split('\n', 1);
  const title = first.length > 60 ? `${first.slice(0, 60).trimEnd()}…` : first;
  return { id: `note:${Date.now().toString(36)}`, title, text: clean, metadata: {} };
}
