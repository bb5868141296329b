import { describe, expect, it } from 'vitest';
import {
  fromWire,
  NearfieldError,
  reindexed,
  throwIfAborted,
  toNearfieldError,
  toWire,
} from './errors.ts';

describe('an error on its way over the wire', () => {
  it('keeps code, message, index and stack through structured cloning', () => {
    const error = new NearfieldError('bad-input', 'texts[3]: blank', { index: 3, cause: 'secret' });
    const back = fromWire(structuredClone(toWire(error)));
    expect(back).toBeInstanceOf(NearfieldError);
    expect(back).toMatchObject({ code: 'bad-input', message: 'texts[3]: blank', index: 3 });
    expect(back.stack).toBe(error.stack);
  });

  it('keeps the position 0, and gives none to an error without one', () => {
    const first = new NearfieldError('bad-vector', 'zero', { index: 0 });
    expect(fromWire(toWire(first)).index).toBe(0);
    expect(fromWire(toWire(new NearfieldError('storage', 'no'))).index).toBeUndefined();
  });

  it.each([
    ['an Error', new TypeError('x is not a function'), 'internal', 'x is not a function'],
    ['a string', 'out of luck', 'internal', 'out of luck'],
    ['undefined', undefined, 'internal', 'undefined'],
    ["fetch's abort", new DOMException('user left', 'AbortError'), 'aborted', 'user left'],
  ])('gives %s a code', (_, thrown, code, message) => {
    expect(fromWire(toWire(thrown))).toMatchObject({ code, message });
  });

  it('is an AbortError by name when it was aborted, on both sides', () => {
    const aborted = new NearfieldError('aborted', 'stop');
    expect(aborted.name).toBe('AbortError');
    expect(fromWire(toWire(aborted)).name).toBe('AbortError');
    expect(new NearfieldError('closed', 'gone').name).toBe('NearfieldError');
  });
});

describe('toNearfieldError', () => {
  it('leaves one of ours as it is and keeps any other as the cause', () => {
    const ours = new NearfieldError('quota', 'full');
    expect(toNearfieldError(ours, 'storage')).toBe(ours);
    const other = new RangeError('far out');
    expect(toNearfieldError(other, 'storage')).toMatchObject({ code: 'storage', cause: other });
  });
});

describe('reindexed', () => {
  it("names the caller's own position in the message and the index", () => {
    const inner = new NearfieldError('bad-input', 'texts[1] is longer than 8 tokens.', {
      index: 1,
    });
    expect(reindexed(inner, 41)).toMatchObject({
      code: 'bad-input',
      message: 'texts[41] is longer than 8 tokens.',
      index: 41,
      cause: inner,
    });
  });

  it('leaves errors about no text, or about the right one, alone', () => {
    const general = new NearfieldError('device-lost', 'gone');
    const right = new NearfieldError('bad-input', 'texts[2]', { index: 2 });
    expect(reindexed(general, 5)).toBe(general);
    expect(reindexed(right, 2)).toBe(right);
  });
});

it("throws aborted with the caller's reason as the cause", () => {
  const reason = new Error('the user left');
  const aborted = { code: 'aborted', name: 'AbortError', cause: reason };
  expect(() => throwIfAborted(AbortSignal.abort(reason))).toThrow(
    expect.objectContaining(aborted) as Error,
  );
  expect(() => throwIfAborted(undefined)).not.toThrow();
  expect(() => throwIfAborted(new AbortController().signal)).not.toThrow();
});
