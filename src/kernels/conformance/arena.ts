/** Two memories with the same content: one for the kernels under test, one for their twins. */

import { expect } from 'vitest';
import { RESERVED_BYTES } from '../layout.ts';
import type { Kernels } from '../types.ts';

/** Kernels under test on a memory of so many pages, and the same in plain TypeScript. */
export interface Sides<K> {
  open(pages: number): { kernels: K; memory: WebAssembly.Memory };
  twins(memory: WebAssembly.Memory): K;
}

type Values = Float32Array | Int32Array | Int8Array | Uint8Array | Uint16Array;

const PAGES = 64;
/** Bytes after every area that nobody may write. */
const GUARD = 48;
const GUARD_BYTE = 0xa5;

export class Arena<K = Kernels> {
  readonly #tested: K;
  readonly #twin = new WebAssembly.Memory({ initial: PAGES });
  readonly #memory: WebAssembly.Memory;
  readonly #twins: K;
  readonly #guards: number[] = [];
  #next = RESERVED_BYTES;

  constructor(sides: Sides<K>) {
    const { kernels, memory } = sides.open(PAGES);
    this.#twins = sides.twins(this.#twin);
    this.#tested = kernels;
    this.#memory = memory;
  }

  /** Frees all areas. */
  clear(): void {
    this.#next = RESERVED_BYTES;
    this.#guards.length = 0;
  }

  /** A new area in both memories, full of a pattern that no kernel would write. */
  area(bytes: number): number {
    const at = this.#next;
    for (const memory of [this.#twin, this.#memory]) {
      new Uint8Array(memory.buffer, at, bytes + GUARD).fill(GUARD_BYTE);
    }
    this.#guards.push(at + bytes);
    // Whole words, but not always whole vectors.
    this.#next = Math.ceil((at + bytes + GUARD) / 4) * 4;
    return at;
  }

  put(values: Values): number {
    const at = this.area(values.byteLength);
    const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
    for (const memory of [this.#twin, this.#memory]) {
      new Uint8Array(memory.buffer, at, bytes.length).set(bytes);
    }
    return at;
  }

  both(work: (kernels: K) => void): void {
    work(this.#tested);
    work(this.#twins);
    this.expectGuarded();
  }

  tested(work: (kernels: K) => void): void {
    work(this.#tested);
    this.expectGuarded();
  }

  expectGuarded(): void {
    for (const at of this.#guards) {
      const guard = this.#view(at, GUARD);
      if (guard.some((byte) => byte !== GUARD_BYTE)) expect.fail(`written past an area, at ${at}`);
    }
  }

  /** A copy of what the tested kernels left. */
  bytes(at: number, count: number): Uint8Array {
    return this.#view(at, count).slice();
  }

  /** A copy of what the tested kernels left. */
  floats(at: number, count: number): Float32Array {
    return new Float32Array(this.bytes(at, count * 4).buffer);
  }

  /** What the twins left. */
  twinFloats(at: number, count: number): Float32Array {
    return new Float32Array(this.#twin.buffer, at, count);
  }

  /** To the bit what the twins left. */
  expectSame(at: number, bytes: number): void {
    expectBytes(this.#view(at, bytes), new Uint8Array(this.#twin.buffer, at, bytes));
  }

  /** That the tested kernels left the same bits in two places. */
  expectEqual(at: number, other: number, bytes: number): void {
    expectBytes(this.#view(at, bytes), this.#view(other, bytes));
  }

  /** Within `bound` of the twin, as a share of the largest number there; pattern bytes included. */
  expectClose(at: number, count: number, bound: number): void {
    const twins = this.twinFloats(at, count);
    const largest = twins.reduce((max, value) => Math.max(max, Math.abs(value)), 0);
    this.expectWithin(at, count, () => bound * largest);
  }

  /** Each as near to the twin as `bound` says for it. */
  expectWithin(at: number, count: number, bound: (twin: number, i: number) => number): void {
    const twins = this.twinFloats(at, count);
    const tested = this.floats(at, count);
    const off = twins.findIndex((twin, i) => !(Math.abs(twin - tested[i]!) <= bound(twin, i)));
    if (off < 0) return;
    const most = bound(twins[off]!, off);
    expect.fail(`float ${off}: got ${tested[off]!}, the twin has ${twins[off]!} (± ${most})`);
  }

  #view(at: number, count: number): Uint8Array {
    return new Uint8Array(this.#memory.buffer, at, count);
  }
}

/** A plain loop: a matcher takes longer over these bytes than the kernels do. */
export function expectBytes(got: Uint8Array, wanted: Uint8Array): void {
  for (let i = 0; i < wanted.length; i++) {
    if (got[i] !== wanted[i]) expect.fail(`byte ${i}: got ${got[i]!}, expected ${wanted[i]!}`);
  }
}
