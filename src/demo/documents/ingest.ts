/** Files and notes on their way into the visitor's collection, one after another. */

import type { Collection, DocumentInput } from '../../index.ts';
import type { Job, State } from '../state.ts';
import type { Store } from '../store.ts';
import { isAbort, troubleOf } from '../trouble.ts';
import { readTextFile, Refusal } from './files.ts';

interface Target {
  open: () => Promise<Collection | undefined>;
  /** A document came. */
  onChange: () => Promise<void>;
}

export class Ingest {
  readonly #store: Store<State>;
  readonly #target: Target;
  readonly #reads = new Map<number, () => Promise<DocumentInput>>();
  #abort = new AbortController();
  #pumping = false;
  #lastId = 0;

  constructor(store: Store<State>, target: Target) {
    this.#store = store;
    this.#target = target;
  }

  addFiles(files: Iterable<File>): void {
    for (const file of files) this.#queue(file.name, () => documentOf(file));
    void this.pump();
  }

  addNote(text: string): void {
    const note = noteOf(text);
    this.#queue(note.title ?? 'Note', () => Promise.resolve(note));
    void this.pump();
  }

  /** Goes on with what waits; does nothing while no collection can be had. */
  async pump(): Promise<void> {
    if (this.#pumping) return;
    this.#pumping = true;
    try {
      for (let job = this.#next(); job; job = this.#next()) {
        const collection = await this.#target.open();
        if (!collection) return;
        await this.#run(job.id, collection);
      }
    } finally {
      this.#pumping = false;
    }
  }

  cancel(): void {
    this.#abort.abort();
    this.#abort = new AbortController();
    for (const { id, phase } of this.#jobs) {
      if (phase === 'waiting') this.#update(id, { phase: 'cancelled' });
    }
  }

  /** Drops the report on what is over. */
  dismiss(): void {
    const busy = ({ phase }: Job): boolean => phase === 'waiting' || phase === 'embedding';
    this.#store.set({ jobs: this.#jobs.filter(busy) });
  }

  get #jobs(): readonly Job[] {
    return this.#store.get().jobs;
  }

  #queue(name: string, read: () => Promise<DocumentInput>): void {
    const id = ++this.#lastId;
    this.#reads.set(id, read);
    this.#store.set({ jobs: [...this.#jobs, { id, name, phase: 'waiting' }] });
  }

  #next(): Job | undefined {
    return this.#jobs.find(({ phase }) => phase === 'waiting');
  }

  #update(id: number, patch: Partial<Job>): void {
    this.#store.set({
      jobs: this.#jobs.map((job) => (job.id === id ? { ...job, ...patch } : job)),
    });
  }

  async #run(id: number, collection: Collection): Promise<void> {
    const { signal } = this.#abort;
    try {
      this.#update(id, { phase: 'embedding' });
      const document = await this.#reads.get(id)?.();
      if (!document) return;
      const onProgress = (progress: { done: number; total: number }): void => {
        if (!signal.aborted) this.#update(id, { progress });
      };
      await collection.add(document, { signal, onProgress });
      this.#update(id, { phase: 'done' });
      await this.#target.onChange();
    } catch (error) {
      this.#update(id, failure(error));
    } finally {
      this.#reads.delete(id);
    }
  }
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
  return { id: `note:${Date.now().toString(36)}`, title, text: clean };
}
