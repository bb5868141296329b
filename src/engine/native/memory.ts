/** One WebAssembly.Memory: what a model keeps at the bottom, above it what a pass works with. */

import { NearfieldError } from '../../contract/index.ts';
import { RESERVED_BYTES } from '../../kernels/index.ts';

/** Bytes of a float32. */
export const FLOAT = Float32Array.BYTES_PER_ELEMENT;

const PAGE = 65_536;
/** 4 GB, all that a 32-bit pointer reaches, then less for machines that refuse to set so much aside. */
const MOST_PAGES = [65_536, 32_768, 16_384];
/** Of everything that is placed: whole cache lines, so that threads do not share one by accident. */
const ALIGN = 64;

export class EngineMemory {
  readonly memory: WebAssembly.Memory;
  readonly #mostPages: number;
  #kept = RESERVED_BYTES;

  constructor(shared: boolean) {
    [this.memory, this.#mostPages] = makeMemory(shared);
  }

  /** Bytes held, whether in use or not. */
  get bytes(): number {
    return this.memory.buffer.byteLength;
  }

  /** Where bytes that stay for good lie. Throws `out-of-memory`. Not after `work`. */
  keep(bytes: number): number {
    const at = this.#kept;
    this.#kept = this.#reach(at + bytes);
    return at;
  }

  /** Start of an area for one pass, at least `bytes` long; the next call gives the same. Throws `out-of-memory`. */
  work(bytes: number): number {
    this.#reach(this.#kept + bytes);
    return this.#kept;
  }

  /** Makes the memory reach to `end`, and gives `end` aligned. */
  #reach(end: number): number {
    const aligned = align(end);
    const missing = Math.ceil(aligned / PAGE) - this.bytes / PAGE;
    if (!Number.isSafeInteger(aligned) || aligned > this.#mostPages * PAGE) {
      throw outOfMemory(aligned);
    }
    try {
      if (missing > 0) this.memory.grow(missing);
    } catch (error) {
      throw outOfMemory(aligned, error);
    }
    return aligned;
  }
}

/** Places things one after another; `end` is the first byte behind them. */
export class Layout {
  end: number;

  constructor(start: number) {
    this.end = start;
  }

  place(bytes: number): number {
    const at = this.end;
    this.end = align(at + bytes);
    return at;
  }
}

function align(bytes: number): number {
  return Math.ceil(bytes / ALIGN) * ALIGN;
}

function makeMemory(shared: boolean): [WebAssembly.Memory, number] {
  for (const maximum of MOST_PAGES) {
    try {
      return [new WebAssembly.Memory({ initial: RESERVED_BYTES / PAGE, maximum, shared }), maximum];
    } catch (error) {
      if (maximum === MOST_PAGES.at(-1)) throw outOfMemory(maximum * PAGE, error);
    }
  }
  throw outOfMemory(0);
}

function outOfMemory(bytes: number, cause?: unknown): NearfieldError {
  return new NearfieldError(
    'out-of-memory',
    `There is no memory for this model or text (${Math.ceil(bytes / 2 ** 20)} MiB in all). Take a smaller dtype or shorter texts.`,
    { cause },
  );
}
