import { describe, expect, it, vi } from 'vitest';
import { Cancelled, Crew, CREW_BYTES, type Steps } from './crew.ts';

function crews(count: number): Crew[] {
  const words = new SharedArrayBuffer(CREW_BYTES);
  return Array.from({ length: count }, (_, index) => new Crew(index, count, words));
}

/** Runs programs side by side on one thread, each up to its next yield in turn. */
function interleave(programs: Steps[]): void {
  let running = programs;
  while (running.length > 0) running = running.filter((program) => !program.next().done);
}

describe.each([1, 2, 3])('%d threads', (count) => {
  it('do each task once, and no step begins before the last one is over', () => {
    const log: string[] = [];
    function* program(crew: Crew): Steps {
      for (const step of ['a', 'b', 'c']) {
        yield* crew.share(7, (task) => log.push(`${step}${task}`));
      }
    }
    interleave(crews(count).map(program));
    expect(log).toHaveLength(21);
    expect(new Set(log).size).toBe(21);
    expect(log.map((entry) => entry[0]).join('')).toBe(
      'a'.repeat(7) + 'b'.repeat(7) + 'c'.repeat(7),
    );
  });
});

it('shares tasks with a thread that comes late', () => {
  const [one, two] = crews(2);
  const done: number[] = [];
  const first = one!.share(4, () => done.push(1));
  first.next();
  first.next();
  interleave([two!.share(4, () => done.push(2)), first]);
  expect(done).toHaveLength(4);
  expect(new Set(done)).toEqual(new Set([1, 2]));
});

describe('a program that is given up', () => {
  it('ends on every thread, waiting or working, and another one can follow', () => {
    const team = crews(2);
    const waiting = team[0]!.barrier();
    waiting.next();
    const working = team[1]!.share(100, () => undefined);
    working.next();
    team[1]!.cancel();
    expect(() => waiting.next()).toThrow(Cancelled);
    expect(() => working.next()).toThrow(Cancelled);
    team[0]!.reset();
    let done = 0;
    interleave(team.map((crew) => crew.share(5, () => done++)));
    expect(done).toBe(5);
  });
});

it('waits as long as another thread gives signs of life, and no longer', () => {
  const [one, two] = crews(2);
  const wait = vi.spyOn(Atomics, 'wait').mockReturnValue('timed-out');
  const waiting = one!.barrier();
  for (let nap = 0; nap < 2000; nap++) {
    if (nap % 400 === 0) two!.breathe();
    expect(waiting.next().done).toBe(false);
  }
  const asleep = (): void => {
    for (let nap = 0; nap < 600; nap++) waiting.next();
  };
  expect(asleep).toThrow(expect.objectContaining({ code: 'worker-crashed' }));
  wait.mockRestore();
});

it('hears that it was given up between its last task and the barrier', () => {
  const [one, two] = crews(2);
  const late = one!.barrier();
  two!.cancel();
  expect(() => late.next()).toThrow(Cancelled);
});

it('counts what is done by cost, on every thread, and never less than before', () => {
  const [first, second] = crews(2) as [Crew, Crew];
  function* program(crew: Crew): Steps {
    yield* crew.share(4, () => undefined, 40);
    yield* crew.share(2, () => undefined, 60);
  }
  // The second thread begins the next step before the first has looked up.
  const [mine, other] = [program(first), program(second)];
  const seen: number[] = [];
  const advance = (steps: Steps): void => {
    steps.next();
    seen.push(first.done);
  };
  for (const steps of [mine, mine, other, other, mine, other, other, other, mine, mine]) {
    advance(steps);
  }
  while (!mine.next().done) seen.push(first.done);
  expect(seen.slice(0, 2)).toEqual([10, 20]);
  expect(seen).toEqual(seen.toSorted((a, b) => a - b));
  expect(first.done).toBe(100);
});
