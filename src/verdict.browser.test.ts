import { afterEach, describe, expect, it, vi } from 'vitest';
import {
  decide,
  forgetVerdict,
  recallVerdict,
  rememberVerdict,
  verdictKey,
  type Verdict,
} from './verdict.ts';

const STORED_AS = 'nearfield:devices';
const VERDICT: Verdict = {
  document: 'webgpu',
  query: 'wasm',
  dtype: 'q4',
  probe: { query: { webgpu: 120, wasm: 60 }, documents: { webgpu: 900 } },
};

afterEach(() => {
  vi.restoreAllMocks();
  localStorage.clear();
});

describe('what is decided', () => {
  it.each([
    [100, 60, 1000, 500, 'wasm', 'wasm'],
    [100, 60, 1000, undefined, 'wasm', 'webgpu'],
    [100, 90, 1000, 500, 'webgpu', 'wasm'],
    [100, 79, 1000, 801, 'wasm', 'webgpu'],
    [100, 80, 1000, 800, 'webgpu', 'webgpu'],
  ])('of queries %d : %d and documents %d : %s', (qg, qw, dg, dw, query, document) => {
    const documents = { webgpu: dg, ...(dw !== undefined && { wasm: dw }) };
    expect(decide({ query: { webgpu: qg, wasm: qw }, documents })).toEqual({ query, document });
  });
});

describe('what is remembered', () => {
  it('comes back whole, until it is forgotten', () => {
    expect(recallVerdict('a')).toBeUndefined();
    expect(rememberVerdict('a', VERDICT)).toBe(true);
    rememberVerdict('b', { document: 'wasm', query: 'wasm' });
    expect(recallVerdict('a')).toEqual(VERDICT);
    forgetVerdict('a');
    expect(recallVerdict('a')).toBeUndefined();
    expect(recallVerdict('b')).toEqual({ document: 'wasm', query: 'wasm' });
  });

  it('holds for one adapter, model, number of threads and set of options', () => {
    const facts = { adapter: 'x', model: 'm', options: ['auto', undefined], threads: 2 };
    const others = [
      { adapter: 'y' },
      { model: 'n' },
      { options: ['q4', undefined] },
      { options: ['auto', 'main'] },
      { threads: 1 },
    ];
    const keys = [facts, ...others.map((other) => ({ ...facts, ...other }))].map(verdictKey);
    expect(new Set(keys).size).toBe(keys.length);
    expect(verdictKey({ ...facts })).toBe(keys[0]);
  });

  it('is no more than sixteen, the newest', () => {
    for (let i = 0; i < 20; i++) rememberVerdict(String.fromCharCode(97 + i), VERDICT);
    expect(recallVerdict('d')).toBeUndefined();
    expect(recallVerdict('e')).toEqual(VERDICT);
  });

  it.each([
    ['no JSON', '{"a":'],
    ['null', 'null'],
    ['an array', '[1]'],
    ['another device', { a: { ...VERDICT, query: 'npu' } }],
    ['another dtype', { a: { ...VERDICT, dtype: 'q3' } }],
    ['a probe without times', { a: { ...VERDICT, probe: { query: {}, documents: {} } } }],
    ['a probe of null', { a: { ...VERDICT, probe: null } }],
    [
      'times below zero',
      { a: { ...VERDICT, probe: { query: { webgpu: -1, wasm: 1 }, documents: { webgpu: 1 } } } },
    ],
    ['a number', { a: 1 }],
  ])('is nothing where somebody left %s', (_, stored) => {
    localStorage.setItem(STORED_AS, typeof stored === 'string' ? stored : JSON.stringify(stored));
    expect(recallVerdict('a')).toBeUndefined();
    rememberVerdict('a', VERDICT);
    expect(recallVerdict('a')).toEqual(VERDICT);
  });

  it('is nothing where the browser refuses', () => {
    const refuse = (): never => {
      throw new DOMException('blocked', 'SecurityError');
    };
    vi.spyOn(Storage.prototype, 'getItem').mockImplementation(refuse);
    vi.spyOn(Storage.prototype, 'setItem').mockImplementation(refuse);
    expect(rememberVerdict('a', VERDICT)).toBe(false);
    expect(recallVerdict('a')).toBeUndefined();
    expect(() => {
      forgetVerdict('a');
    }).not.toThrow();
  });
});
