import { describe, expect, it } from 'vitest';
import { PrefixStore, type KeptPrefix } from './prefix.ts';

const run = (from: number, count: number): number[] =>
  Array.from({ length: count }, (_, i) => from + i);
const INSTRUCTION = run(100, 24);
const query = (own: number, length = 10): number[] => [...INSTRUCTION, ...run(1000 * own, length)];

/** Ten floats a token. */
function kept(ids: readonly number[]): KeptPrefix {
  const floats = (): Float32Array[] => [new Float32Array(5 * ids.length)];
  return { ids, keys: floats(), values: floats() };
}

describe('a batch', () => {
  it('shares what all of it begins with', () => {
    const store = new PrefixStore(1e6);
    expect(store.plan([query(1), query(2), query(3)])).toEqual({ length: 24 });
  });

  it('shares nothing where that is short, or a text is alone', () => {
    const store = new PrefixStore(1e6);
    expect(store.plan([run(0, 30), run(0, 7), run(0, 30)])).toBeUndefined();
    expect(store.plan([run(0, 9), [...run(0, 7), 50, 51, 52]])).toBeUndefined();
    expect(store.plan([query(1)])).toBeUndefined();
  });

  it('shares its prompt, be it alone or alike beyond', () => {
    const store = new PrefixStore(1e6);
    const prompt = [...INSTRUCTION, 99];
    expect(store.plan([query(1)], prompt)).toEqual({ length: 24 });
    expect(store.plan([query(1), query(1), query(1)], prompt)).toEqual({ length: 24 });
    expect(store.plan([query(1)], [1, 2, 3])).toBeUndefined();
    expect(store.plan([query(1), query(2)], INSTRUCTION.slice(0, 4))).toEqual({ length: 24 });
  });

  it('never shares the last token of a text', () => {
    const store = new PrefixStore(1e6);
    expect(store.plan([INSTRUCTION, query(1)])).toEqual({ length: 23 });
    expect(store.plan([query(4), query(4)])).toEqual({ length: 33 });
  });
});

describe('what was kept', () => {
  it('serves later batches and single texts', () => {
    const store = new PrefixStore(1e6);
    const prefix = kept(INSTRUCTION);
    store.keep(prefix);
    expect(store.plan([query(1)], INSTRUCTION)).toEqual({ length: 24, kept: prefix });
    expect(store.plan([query(1), query(2)])).toEqual({ length: 24, kept: prefix });
  });

  it('serves as far as it goes, when that is near enough', () => {
    const store = new PrefixStore(1e6);
    const prefix = kept(INSTRUCTION.slice(0, 20));
    store.keep(prefix);
    expect(store.plan([query(1), query(2)])).toEqual({ length: 20, kept: prefix });
    const longer = [...INSTRUCTION, ...run(5000, 40)];
    expect(
      store.plan([
        [...longer, 1],
        [...longer, 2],
      ]),
    ).toEqual({ length: 64 });
  });

  it('is no more than there is room for', () => {
    const store = new PrefixStore(100);
    expect([store.fits(100), store.fits(101)]).toEqual([true, false]);
  });

  it('goes when there is too much, the least recently used first', () => {
    const store = new PrefixStore(2 * 24 * 10 * 4);
    const [a, b, c] = [0, 500, 900].map((from) => kept(run(from, 24)));
    store.keep(a!);
    store.keep(b!);
    const found = ({ ids }: KeptPrefix): KeptPrefix | undefined =>
      store.plan([[...ids, 1]], ids)?.kept;
    expect(found(a!)).toBe(a);
    store.keep(c!);
    expect(found(a!)).toBe(a);
    expect(found(b!)).toBeUndefined();
    expect(found(c!)).toBe(c);
  });
});
