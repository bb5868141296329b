/** A model in Node, on Nearfield's own kernels: the same vectors, bit for bit, as in a browser with the same instructions. */

import { availableParallelism } from 'node:os';
import {
  NearfieldError,
  promptPrefix,
  type Dtype,
  type ModelFile,
  type ModelSpec,
  type Simd,
  type TextKind,
} from '../contract/index.ts';
import { chooseThreads } from '../device/index.ts';
import { Engine } from '../engine/engine.ts';
import { besideGraph, identityOf, revisionOf } from '../engine/identity.ts';
import { chooseRuntime, StoredSource } from '../engine/native/index.ts';
import { tensorsOf, type NativeModel } from '../engine/native/graph/index.ts';
import type { Runtime } from '../engine/runtime.ts';
import { selfTest } from '../engine/self-test.ts';
import type { TextTokenizer } from '../engine/tokenizer.ts';
import { openTokenizer, tokensOf } from '../engine/tokens.ts';
import { chooseSimd } from '../kernels/index.ts';
import { readStructure } from '../onnx/index.ts';
import { fetchFile } from '../weights/download.ts';
import { candidates, remoteFile } from '../weights/plan.ts';
import type { StoredFile } from '../weights/store.ts';
import { findModel, type FindOptions, type FoundModel } from './find.ts';
import { openNative } from './open.ts';

export interface OpenModelOptions extends FindOptions {
  /** @default by the machine's cores */
  threads?: number | undefined;
  /** `'relaxed'` is faster, and not in Node 20. @default the best of this Node */
  simd?: 'auto' | Simd;
  /** Told of bytes of one file that are here; a file that was here before is told once. */
  onFile?: (file: string, loaded: number, total: number | undefined) => void;
}

export interface NodeModelInfo {
  id: string;
  revision: string;
  dtype: Dtype;
  pooling: ModelSpec['pooling'];
  /** Full width. */
  dimensions: number;
  minDimensions: number;
  /** Longest input, with its prompt and special tokens. */
  maxTokens: number;
  simd: Simd;
  /** Equal for two models exactly when their vectors are the same, bit for bit. */
  identity: string;
  /** For people: what was assumed of the model, what could not be stored. */
  warnings: readonly string[];
}

export interface EmbedOptions {
  signal?: AbortSignal | undefined;
  /** Told the share that is done, 0 to 1. */
  onProgress?: ((share: number) => void) | undefined;
}

export interface NodeModel {
  readonly info: NodeModelInfo;
  /** The parsed `tokenizer.json`. */
  readonly tokenizerJson: unknown;
  /** Tokens of a text by itself. */
  countTokens(text: string): number;
  /** What goes before a text of a kind. */
  promptOf(kind: TextKind): string;
  /**
   * Packs the weights and proves them on this machine, a second or some; `embed` does so by itself.
   * Throws `self-test-failed`, `bad-model`, `out-of-memory`.
   */
  start(): Promise<void>;
  /**
   * Full-width unit rows in the order of the texts, which get the prompt of their kind and are cut at
   * the model's limit. Throws as `start`, `bad-vector`, `aborted`.
   */
  embed(texts: readonly string[], kind: TextKind, options?: EmbedOptions): Promise<Float32Array>;
  close(): Promise<void>;
}

/**
 * Finds a model, fetches what is missing of it, and reads what it is. Throws as `findModel`, and
 * `unsupported-model` where Nearfield's kernels cannot run it, `download-failed`, `integrity`, `aborted`.
 */
export async function openModel(model: string, options: OpenModelOptions): Promise<NodeModel> {
  const simd = chooseSimd(options.simd ?? 'auto');
  if (!simd) {
    throw new NearfieldError('unsupported-model', 'This Node has no relaxed SIMD; leave it out.');
  }
  const found = await findModel(model, options);
  const files = new Files(found, options);
  const { spec } = found.resolved;
  const chosen = await chooseFiles(spec, files);
  const { maxTokens, pooling, dimensions, matryoshka, endTokenId } = spec;
  const { tokenizer, json } = await openTokenizer(
    {
      tokenizer: (await files.fetch(spec.tokenizer.tokenizer)).blob,
      config: (await files.fetch(spec.tokenizer.config)).blob,
    },
    { maxTokens, ...(endTokenId !== undefined && { endTokenId }) },
  );
  const revision = spec.revision ?? (await revisionOf(files.hashes));
  const { dtype } = chosen;
  const made = identityOf({ spec, revision, dtype, maxTokens, runtime: 'native' });
  const info: NodeModelInfo = {
    ...{ id: spec.id, revision, dtype, pooling, dimensions, maxTokens, simd },
    minDimensions: matryoshka?.min ?? dimensions,
    identity: `${made} ${simd}`,
    warnings: [...found.resolved.warnings, ...files.warnings],
  };
  const threads = chooseThreads({ cores: availableParallelism(), isolated: true }, options.threads);
  const { sources } = chosen;
  const open = (): Promise<Runtime> => openNative(chosen, { threads, simd, pooling, maxTokens });
  return new LazyModel({ spec, info, tokenizer, tokenizerJson: json, sources, open });
}

/** The model's files, and what they turned out to be. */
class Files {
  readonly hashes = new Map<string, string>();
  readonly warnings: string[] = [];
  readonly #found: FoundModel;
  readonly #options: OpenModelOptions;

  constructor(found: FoundModel, options: OpenModelOptions) {
    this.#found = found;
    this.#options = options;
  }

  async fetch(file: ModelFile): Promise<StoredFile> {
    const { signal, onFile } = this.#options;
    const { resolved, store } = this.#found;
    const fetched = await fetchFile(remoteFile(resolved, file), {
      store,
      onWarning: (message) => this.warnings.push(message),
      onBytes: (loaded) => onFile?.(file.path, loaded, file.bytes ?? file.aboutBytes),
      ...(signal && { signal }),
    });
    this.hashes.set(file.path, fetched.meta.sha256);
    return fetched;
  }
}

interface ChosenFiles {
  dtype: Dtype;
  model: NativeModel;
  /** By the names that the graph gives them. */
  sources: ReadonlyMap<string, StoredSource>;
}

/** The first of the model's files that the kernels run, the graph looked at before its data is fetched. */
async function chooseFiles(spec: ModelSpec, files: Files): Promise<ChosenFiles> {
  const refusals: string[] = [];
  for (const {
    dtype,
    files: { files: own },
  } of candidates(spec, 'wasm', 'auto', undefined, true)) {
    const [graphFile, ...data] = own;
    if (!graphFile) continue;
    const graph = await StoredSource.open(await files.fetch(graphFile));
    const choice = chooseRuntime({ runtime: 'auto' }, await readStructure(graph));
    if (!choice.model) {
      files.hashes.clear();
      refusals.push(`${dtype}: ${choice.reason ?? ''}`);
      continue;
    }
    const sources = new Map([['', graph]]);
    for (const name of new Set(tensorsOf(choice.model).map(({ file }) => file))) {
      if (name === '') continue;
      const path = besideGraph(graphFile, name);
      const known = data.find((file) => file.path === path) ?? { path };
      sources.set(name, await StoredSource.open(await files.fetch(known)));
    }
    return { dtype, model: choice.model, sources };
  }
  throw new NearfieldError(
    'unsupported-model',
    `No file of ${spec.id} runs on Nearfield's own kernels, which is what Node has: ${refusals.join('; ')}.`,
  );
}

interface Parts {
  spec: ModelSpec;
  info: NodeModelInfo;
  tokenizer: TextTokenizer;
  tokenizerJson: unknown;
  sources: ReadonlyMap<string, StoredSource>;
  open: () => Promise<Runtime>;
}

class LazyModel implements NodeModel {
  readonly #parts: Parts;
  #runtime: Promise<Runtime> | undefined;
  #engine: Promise<Engine> | undefined;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  get info(): NodeModelInfo {
    return this.#parts.info;
  }

  get tokenizerJson(): unknown {
    return this.#parts.tokenizerJson;
  }

  countTokens(text: string): number {
    return this.#parts.tokenizer.count(text);
  }

  promptOf(kind: TextKind): string {
    return promptPrefix(this.#parts.spec, kind);
  }

  async start(): Promise<void> {
    await this.#started();
  }

  async embed(
    texts: readonly string[],
    kind: TextKind,
    options: EmbedOptions = {},
  ): Promise<Float32Array> {
    const engine = await this.#started();
    const request = { texts, prefix: this.promptOf(kind), truncate: true };
    return (await engine.embed(request, options)).data;
  }

  async close(): Promise<void> {
    await (await this.#runtime?.catch(() => undefined))?.close();
    for (const source of this.#parts.sources.values()) source.close();
  }

  #started(): Promise<Engine> {
    return (this.#engine ??= this.#open());
  }

  async #open(): Promise<Engine> {
    const { open, tokenizer, spec, info } = this.#parts;
    const runtime = await (this.#runtime = open());
    const engine = new Engine(tokensOf(tokenizer), runtime, info.identity);
    const together = (texts: readonly string[]): Promise<Float32Array[]> =>
      engine.embedTogether(texts);
    await selfTest(together, spec.selfTest, 'wasm', 'native');
    return engine;
  }
}
