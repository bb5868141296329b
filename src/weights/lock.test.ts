import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { claim, locked } from './lock.ts';

type Grant = () => Promise<void> | undefined;

/** A lock manager that does what a test tells it to. */
class Locks {
  held: { name: string }[] = [];
  requests: { name: string; signal: AbortSignal; grant: () => Promise<void> }[] = [];
  query: () => Promise<{ held: { name: string }[] }> = async () => ({ held: this.held });

  request(name: string, { signal }: { signal: AbortSignal }, callback: Grant): Promise<void> {
    return new Promise((resolve, reject) => {
      signal.addEventListener('abort', () => {
        reject(signal.reason as Error);
      });
      const grant = async (): Promise<void> => {
        const lock = { name };
        this.held.push(lock);
        await callback();
        this.held = this.held.filter((other) => other !== lock);
        resolve();
      };
      this.requests.push({ name, signal, grant });
    });
  }
}

const key = { folder: 'f', path: 'p' };
const name = 'nearfield-file:f/p';
let locks: Locks;

beforeEach(() => {
  vi.useFakeTimers();
  locks = new Locks();
  vi.stubGlobal('navigator', { locks });
});

afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

describe('locked', () => {
  it('works while it holds the lock, and no longer', async () => {
    const seen: number[] = [];
    const working = locked(key, undefined, async () => {
      seen.push(locks.held.length);
      return 7;
    });
    expect(seen).toEqual([]);
    void locks.requests[0]?.grant();
    expect(await working).toBe(7);
    await vi.waitFor(() => {
      expect(locks.held).toEqual([]);
    });
    expect(seen).toEqual([1]);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('gives what the work throws, and lets go', async () => {
    const working = locked(key, undefined, () => Promise.reject(new Error('no room')));
    void locks.requests[0]?.grant();
    await expect(working).rejects.toThrow('no room');
    await vi.waitFor(() => {
      expect(locks.held).toEqual([]);
    });
  });

  it('waits as long as another holds it', async () => {
    const work = vi.fn(async () => 7);
    locks.held = [{ name }];
    const working = locked(key, undefined, work);
    await vi.advanceTimersByTimeAsync(3_600_000);
    expect(work).not.toHaveBeenCalled();
    locks.held = [];
    void locks.requests[0]?.grant();
    expect(await working).toBe(7);
  });

  it.each<[string, () => void]>([
    ['it is not answered', () => undefined],
    ['only other files are locked', () => (locks.held = [{ name: 'nearfield-file:f/q' }])],
    ['nothing about locks is answered', () => (locks.query = () => new Promise(() => undefined))],
    ['the question who holds it fails', () => (locks.query = () => Promise.reject(new Error()))],
  ])('goes without when %s', async (_, prepare) => {
    prepare();
    const work = vi.fn(async () => 7);
    const working = locked(key, undefined, work);
    await vi.advanceTimersByTimeAsync(900);
    expect(work).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(1200);
    expect(await working).toBe(7);
    expect(locks.requests[0]?.signal.aborted).toBe(true);
  });

  it('does not keep a lock that is given after it went without', async () => {
    const working = locked(key, undefined, async () => 7);
    await vi.advanceTimersByTimeAsync(1100);
    expect(await working).toBe(7);
    await locks.requests[0]?.grant();
    expect(locks.held).toEqual([]);
  });

  it('goes without at once when it is refused', async () => {
    locks.request = () => Promise.reject(new DOMException('not here', 'SecurityError'));
    expect(await locked(key, undefined, async () => 7)).toBe(7);
    vi.stubGlobal('navigator', {});
    expect(await locked(key, undefined, async () => 8)).toBe(8);
  });

  it('is aborted while it waits, and before', async () => {
    locks.held = [{ name }];
    const abort = new AbortController();
    const work = vi.fn(async () => 7);
    const working = locked(key, abort.signal, work);
    abort.abort(new Error('enough'));
    await expect(working).rejects.toMatchObject({ code: 'aborted', cause: { message: 'enough' } });
    await expect(locked(key, abort.signal, work)).rejects.toMatchObject({ code: 'aborted' });
    expect(locks.requests).toHaveLength(1);
    expect(work).not.toHaveBeenCalled();
  });
});

describe('claim', () => {
  /** A lock manager that answers when it is told to. */
  function slowLocks(): { answer: (lock: object | null) => Promise<void> | undefined } {
    const slow: ReturnType<typeof slowLocks> = { answer: () => undefined };
    const request = (_: string, __: object, callback: typeof slow.answer): Promise<void> =>
      new Promise((resolve) => {
        slow.answer = (lock) => {
          const held = callback(lock);
          void Promise.resolve(held).then(resolve);
          return held;
        };
      });
    vi.stubGlobal('navigator', { locks: { request } });
    return slow;
  }

  it('holds until it is given up', async () => {
    const slow = slowLocks();
    const claiming = claim(key);
    const held = slow.answer({});
    const release = await claiming;
    expect(held).toBeInstanceOf(Promise);
    release?.();
    await held;
    expect(vi.getTimerCount()).toBe(0);
  });

  it('is refused where another load has it', async () => {
    const slow = slowLocks();
    const claiming = claim(key);
    expect(slow.answer(null)).toBeUndefined();
    expect(await claiming).toBeUndefined();
  });

  it('goes without where nobody answers, and lets go of a lock that comes late', async () => {
    const slow = slowLocks();
    const claiming = claim(key);
    await vi.advanceTimersByTimeAsync(1000);
    expect(await claiming).toBeTypeOf('function');
    expect(slow.answer({})).toBeUndefined();
  });

  it('goes without where locks are refused', async () => {
    const request = (): Promise<never> => Promise.reject(new DOMException('no', 'SecurityError'));
    vi.stubGlobal('navigator', { locks: { request } });
    expect(await claim(key)).toBeTypeOf('function');
  });
});
