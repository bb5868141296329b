/** An OpenAI-compatible server that embeds, which proves first that it has the model it is to have. */

import {
  messageOf,
  NearfieldError,
  pause,
  throwIfAborted,
  type TextKind,
} from '../contract/index.ts';
import type { NodeModel } from '../node/index.ts';
import { proveAlike } from './prove.ts';
import type { VectorSource } from './vectors.ts';

export interface ServerOptions {
  /** Its address, with or without `/v1/embeddings`. */
  url: string;
  key: string | undefined;
  /** What it calls the model. */
  model: string;
  signal: AbortSignal | undefined;
  /** Milliseconds before the second try; each further one waits twice as long. @default 500 */
  retryMs?: number;
}

/** Texts of a request. */
const BATCH = 32;
/** Requests on their way at once. */
const AHEAD = 4;
const RETRIES = 5;
/** No server is waited for longer, whatever it asks for. */
const LONGEST_WAIT_MS = 60_000;

export class EmbedServer implements VectorSource {
  readonly identity: string;
  readonly width: number;
  readonly sliceCharacters = 200_000;
  readonly #model: NodeModel;
  readonly #options: ServerOptions;
  readonly #key: string | undefined;
  readonly #url: URL;
  /** Without what follows a `?`, which may be a key. */
  readonly #shown: string;

  /** Throws `bad-input`. @param model the same one on this machine: it says what to send, and what to expect */
  constructor(model: NodeModel, options: ServerOptions) {
    this.#model = model;
    this.#options = options;
    this.#key = checkedKey(options.key);
    this.#url = embeddingsUrl(options.url);
    this.#shown = this.#url.origin + this.#url.pathname;
    this.width = model.info.dimensions;
    this.identity = `${model.info.identity} ${options.model} of ${this.#url.href}`;
  }

  promptOf(kind: TextKind): string {
    return this.#model.promptOf(kind);
  }

  /** Throws `self-test-failed` where its vectors are not those of the model. */
  async start(): Promise<void> {
    const { signal } = this.#options;
    const embed = (texts: readonly string[], kind: TextKind): Promise<Float32Array> =>
      this.embed(texts, kind, { signal, onProgress: () => undefined });
    await proveAlike(this.#model, embed, this.#shown);
  }

  async embed(
    texts: readonly string[],
    kind: TextKind,
    { signal, onProgress }: Parameters<VectorSource['embed']>[2],
  ): Promise<Float32Array> {
    const prompt = this.promptOf(kind);
    const inputs = texts.map((text) => prompt + text);
    const data = new Float32Array(inputs.length * this.width);
    const stop = new AbortController();
    const either = signal ? AbortSignal.any([signal, stop.signal]) : stop.signal;
    let [next, done] = [0, 0];
    const worker = async (): Promise<void> => {
      while (next < inputs.length) {
        const at = next;
        next += BATCH;
        const batch = inputs.slice(at, next);
        const rows = await this.#rows(batch, either);
        data.set(rows, at * this.width);
        done += batch.length;
        onProgress(done / inputs.length);
      }
    };
    const workers = Array.from({ length: AHEAD }, worker);
    try {
      await Promise.all(workers);
    } catch (error) {
      // Nobody waits for the rest any more, and it would keep the process alive.
      stop.abort();
      await Promise.allSettled(workers);
      throw error;
    }
    return data;
  }

  async #rows(input: readonly string[], signal: AbortSignal | undefined): Promise<Float32Array> {
    const answer = await this.#ask(input, signal);
    const list: unknown = (answer as { data?: unknown } | null)?.data;
    if (!Array.isArray(list) || list.length !== input.length) {
      throw this.#wrong(`expected ${input.length} embeddings in "data"`);
    }
    const rows = new Float32Array(input.length * this.width);
    const seen = new Set<number>();
    for (const [i, item] of (list as { index?: unknown; embedding?: unknown }[]).entries()) {
      const index = typeof item?.index === 'number' ? item.index : i;
      if (!(index in input) || seen.has(index)) throw this.#wrong(`an "index" is ${index}`);
      seen.add(index);
      rows.set(this.#row(item?.embedding), index * this.width);
    }
    return rows;
  }

  /** A unit row. */
  #row(embedding: unknown): Float32Array {
    if (!Array.isArray(embedding) || !embedding.every((value) => typeof value === 'number')) {
      throw this.#wrong('expected lists of numbers, finite ones');
    }
    if (embedding.length !== this.width) {
      const { id } = this.#model.info;
      throw new NearfieldError(
        'self-test-failed',
        `${this.#shown} gave a vector of ${embedding.length} values; those of ${id} have ${this.width}. Serve that model, or name the one that is served (model, --model).`,
      );
    }
    const norm = Math.hypot(...embedding);
    if (!Number.isFinite(norm) || norm === 0) {
      throw new NearfieldError(
        'bad-vector',
        `${this.#shown} gave a vector of length ${norm}. Look at the server's log; half precision overflows with some models.`,
      );
    }
    return Float32Array.from(embedding, (value) => value / norm);
  }

  async #ask(input: readonly string[], signal: AbortSignal | undefined): Promise<unknown> {
    for (let attempt = 0; ; attempt++) {
      const answer = await this.#try(input, signal);
      if ('body' in answer) return answer.body;
      if (attempt === RETRIES || !answer.mayPass) {
        const tries = attempt === 0 ? '' : ` after ${attempt + 1} tries`;
        throw new NearfieldError('download-failed', `${this.#shown}: ${answer.reason}${tries}.`);
      }
      const { retryMs = 500 } = this.#options;
      const wait = Math.max(retryMs * 2 ** attempt, answer.waitMs ?? 0);
      await pause(Math.min(LONGEST_WAIT_MS, wait), signal);
    }
  }

  async #try(input: readonly string[], signal: AbortSignal | undefined): Promise<Answer> {
    const { model } = this.#options;
    const key = this.#key;
    throwIfAborted(signal);
    try {
      const response = await fetch(this.#url, {
        method: 'POST',
        // Another place must not be sent the texts; an answer that leads there is told as it is.
        redirect: 'manual',
        headers: {
          'Content-Type': 'application/json',
          ...(key !== undefined && { Authorization: `Bearer ${key}` }),
        },
        body: JSON.stringify({ model, input, encoding_format: 'float' }),
        ...(signal && { signal }),
      });
      if (response.ok) return { body: (await response.json()) as unknown };
      const { status } = response;
      const said = (await response.text()).replaceAll(/\s+/g, ' ').slice(0, 200);
      const advice = [401, 403].includes(status) ? ' Is NEARFIELD_EMBED_KEY right?' : '';
      const seconds = Number(response.headers.get('retry-after') ?? Number.NaN);
      return {
        reason: `it answered ${status} ${said}`.trim() + advice,
        mayPass: status === 429 || status >= 500,
        ...(seconds > 0 && { waitMs: seconds * 1000 }),
      };
    } catch (error) {
      throwIfAborted(signal);
      // A body that is no JSON is no OpenAI-compatible answer; asking again gives the same.
      if (error instanceof SyntaxError) throw this.#wrong('expected JSON');
      return { reason: `it could not be asked (${reasonOf(error)})`, mayPass: true };
    }
  }

  #wrong(what: string): NearfieldError {
    const message = `${this.#shown} does not answer as an OpenAI-compatible server: ${what}.`;
    return new NearfieldError('download-failed', message);
  }
}

type Answer = { body: unknown } | { reason: string; mayPass: boolean; waitMs?: number };

function embeddingsUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.username || url?.password) {
    const message = `embedUrl: expected a URL without a user's name and password. Set NEARFIELD_EMBED_KEY to the server's key.`;
    throw new NearfieldError('bad-input', message);
  }
  if (!url || !['http:', 'https:'].includes(url.protocol)) {
    // It may have a password, even where it is no URL.
    const got = text.includes('@') ? 'another text' : text;
    throw new NearfieldError('bad-input', `embedUrl: expected an http or https URL, got ${got}.`);
  }
  const path = url.pathname.replace(/\/+$/, '');
  const rest = path.endsWith('/v1') ? '/embeddings' : '/v1/embeddings';
  url.pathname = path.endsWith('/embeddings') ? path : path + rest;
  return url;
}

/** Without spaces and line ends around it, as files of keys have them; undefined where none is left. */
function checkedKey(key: string | undefined): string | undefined {
  const trimmed = key?.trim() || undefined;
  if (trimmed === undefined || /^[\x21-\x7e]+$/.test(trimmed)) return trimmed;
  const message = `embedKey: expected a key of visible ASCII characters; it has others. Look at NEARFIELD_EMBED_KEY.`;
  throw new NearfieldError('bad-input', message);
}

/** Node hides why a fetch failed in its cause. */
function reasonOf(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined;
  return cause instanceof Error ? messageOf(cause) : messageOf(error);
}
