import { NearfieldError, throwIfAborted } from '../contract/index.ts';
import type { EmbedOptions, Embedder, EmbedderInfo, Embeddings } from '../contract/index.ts';

/**
 * A test fixture: real vectors by real arithmetic, without a model. Texts that share words are
 * close. `turn` runs before each call, for a test to fire a signal or to write from elsewhere.
 */
export class HashingEmbedder implements Embedder {
  info: EmbedderInfo;
  /** Texts of each call. */
  readonly calls: string[][] = [];
  turn: (call: number) => void | Promise<void> = () => undefined;

  constructor(
    info: Partial<
      Pick<EmbedderInfo, 'model' | 'revision' | 'pooling' | 'dtype' | 'dimensions'>
    > = {},
  ) {
    this.info = {
      model: 'hashing',
      revision: '1',
      device: 'wasm',
      runtime: 'onnxruntime',
      dtype: 'fp32',
      pooling: 'mean',
      dimensions: 256,
      minDimensions: 8,
      maxTokens: 512,
      threads: 1,
      simd: 'simd128',
      warnings: [],
      counts: { texts: 0, tokens: 0, cacheHits: 0, cacheMisses: 0, milliseconds: 0 },
      ...info,
    };
  }

  async embed(input: string | readonly string[], options: EmbedOptions = {}): Promise<Embeddings> {
    const texts = typeof input === 'string' ? [input] : [...input];
    await this.turn(this.calls.push(texts));
    throwIfAborted(options.signal);
    const dimensions = options.dimensions ?? this.info.dimensions;
    const data = new Float32Array(texts.length * dimensions);
    for (const [i, text] of texts.entries()) {
      hashWords(text, data.subarray(i * dimensions, (i + 1) * dimensions));
    }
    options.onProgress?.({ done: texts.length, total: texts.length, share: 1 });
    return embeddings(data, dimensions, texts);
  }

  async close(): Promise<void> {
    throw new NearfieldError('internal', 'A collection must not close the embedder it was given.');
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}

function hashWords(text: string, row: Float32Array): void {
  for (const word of text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []) {
    let hash = 2166136261;
    for (let i = 0; i < word.length; i++) hash = Math.imul(hash ^ word.charCodeAt(i), 16777619);
    const at = (hash >>> 0) % row.length;
    row[at] = (row[at] ?? 0) + 1;
  }
  const norm = Math.hypot(...row);
  if (norm === 0) row[0] = 1;
  else for (const [i, value] of row.entries()) row[i] = value / norm;
}

function embeddings(
  data: Float32Array<ArrayBuffer>,
  dimensions: number,
  texts: readonly string[],
): Embeddings {
  return {
    data,
    rows: texts.length,
    dimensions,
    tokens: Uint32Array.from(texts, (text) => text.length),
    truncated: texts.map(() => false),
    row: (i) => data.subarray(i * dimensions, (i + 1) * dimensions),
  };
}
