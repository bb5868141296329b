import type { LoadProgress, ModelFile } from '../contract/index.ts';
import { fetchFile, type DownloadContext } from '../weights/download.ts';
import { sizeOf } from '../weights/describe.ts';
import { remoteFile } from '../weights/plan.ts';
import type { ResolvedModel } from '../weights/resolve.ts';
import type { FileStore, StoredFile } from '../weights/store.ts';

export interface FetchContext {
  store: FileStore;
  onWarning: (message: string) => void;
  onProgress: (progress: Omit<LoadProgress, 'device' | 'dtype'>) => void;
}

/** Fetches the files of one load and adds up their progress. */
export class ModelFiles {
  readonly #model: ResolvedModel;
  readonly #context: FetchContext;
  readonly #loaded = new Map<string, number>();
  #total = 0;
  #stored = 0;
  readonly hashes = new Map<string, string>();

  constructor(model: ResolvedModel, context: FetchContext) {
    this.#model = model;
    this.#context = context;
  }

  /** Says how much there is to come, before the first byte of it. */
  async announce(files: readonly ModelFile[]): Promise<void> {
    const sizes = await Promise.all(files.map((file) => sizeOf(this.#model, file)));
    for (const { bytes, stored } of sizes) {
      this.#total += bytes;
      if (stored) this.#stored += bytes;
    }
    this.report('plan');
  }

  async fetch(file: ModelFile): Promise<StoredFile> {
    const context: DownloadContext = {
      store: this.#context.store,
      onWarning: this.#context.onWarning,
      onBytes: (loaded) => {
        this.#loaded.set(file.path, loaded);
        this.report('download', file.path);
      },
    };
    const stored = await fetchFile(remoteFile(this.#model, file), context);
    this.hashes.set(file.path, stored.meta.sha256);
    return stored;
  }

  report(phase: LoadProgress['phase'], file?: string): void {
    const loaded = [...this.#loaded.values()].reduce((sum, bytes) => sum + bytes, 0);
    this.#context.onProgress({
      phase,
      loaded,
      // Sizes may be known roughly or not at all beforehand.
      total: Math.max(this.#total, loaded),
      stored: this.#stored,
      ...(file !== undefined && { file }),
    });
  }
}
