import type { Device, Dtype, LoadProgress, ModelFile } from '../contract/index.ts';
import { fetchFile, type DownloadContext, type FetchedFile } from '../weights/download.ts';
import type { OpenHash } from '../weights/hash.ts';
import { sizeOf } from '../weights/describe.ts';
import { remoteFile } from '../weights/plan.ts';
import type { ResolvedModel } from '../weights/resolve.ts';
import type { OpenStore } from '../weights/store.ts';
import { StoredSource, type ByteSource } from './native/index.ts';

export interface FetchContext {
  store: OpenStore;
  device: Device;
  onWarning: (message: string) => void;
  onProgress: (progress: LoadProgress) => void;
  /** These two as in `DownloadContext`. */
  quiet?: Promise<void>;
  openHash?: OpenHash;
}

/** Fetches the files of one load and adds up their progress. */
export class ModelFiles {
  readonly #model: ResolvedModel;
  readonly #context: FetchContext;
  readonly #loaded = new Map<string, number>();
  readonly #kept: Promise<boolean>[] = [];
  readonly #open: StoredSource[] = [];
  #dtype: Dtype | undefined;
  #phase: LoadProgress['phase'] = 'plan';
  #total = 0;
  #stored = 0;
  readonly hashes = new Map<string, string>();

  constructor(model: ResolvedModel, context: FetchContext) {
    this.#model = model;
    this.#context = context;
  }

  /** Says how much there is to come, before the first byte of it. Files named before are forgotten. */
  async announce(dtype: Dtype, files: readonly ModelFile[]): Promise<void> {
    const sizes = await Promise.all(files.map((file) => sizeOf(this.#model, file)));
    const paths = new Set(files.map(({ path }) => path));
    for (const map of [this.#loaded, this.hashes]) {
      for (const path of map.keys()) if (!paths.has(path)) map.delete(path);
    }
    this.#dtype = dtype;
    this.#total = sizes.reduce((sum, { bytes }) => sum + bytes, 0);
    this.#stored = sizes.reduce((sum, { bytes, stored }) => sum + (stored ? bytes : 0), 0);
    this.report('plan');
  }

  async fetch(file: ModelFile): Promise<FetchedFile> {
    const { store, onWarning, quiet, openHash } = this.#context;
    const context: DownloadContext = {
      store,
      onWarning,
      ...(quiet && { quiet }),
      ...(openHash && { openHash }),
      onBytes: (loaded) => {
        this.#loaded.set(file.path, loaded);
        // The tokenizer may still come in while the session is made of the graph.
        this.report(this.#phase === 'plan' ? 'download' : this.#phase, file.path);
      },
    };
    const fetched = await fetchFile(remoteFile(this.#model, file), context);
    this.hashes.set(file.path, fetched.meta.sha256);
    this.#kept.push(fetched.kept);
    return fetched;
  }

  /** What a fetched file is read from piece by piece; open until `closeFiles`. */
  async sourceOf(file: FetchedFile): Promise<ByteSource> {
    if (file.bytes) return file.bytes;
    const source = await StoredSource.open(file);
    this.#open.push(source);
    return source;
  }

  closeFiles(): void {
    for (const source of this.#open) source.close();
  }

  /** Whether every file fetched so far is stored, once that is known. */
  async kept(): Promise<boolean> {
    return (await Promise.all(this.#kept)).every(Boolean);
  }

  report(phase: LoadProgress['phase'], file?: string): void {
    if (this.#dtype === undefined) return;
    const loaded = [...this.#loaded.values()].reduce((sum, bytes) => sum + bytes, 0);
    this.#phase = phase;
    this.#context.onProgress({
      phase,
      device: this.#context.device,
      dtype: this.#dtype,
      loaded,
      // Sizes may be known roughly or not at all beforehand.
      total: Math.max(this.#total, loaded),
      stored: this.#stored,
      ...(file !== undefined && { file }),
    });
  }
}
