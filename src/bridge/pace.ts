/** UTF-16 units of a slice: with these products are as fast as they get. */
const MOST = 8192;
/** Before anything was measured. */
const FIRST = 2048;
/** Less would cost more in calls than it gains. */
const LEAST = 256;
/** A query that comes waits for the slice that runs. */
const GOAL_MS = 1000;

/** How much goes to the model at a time: about a second of its work, as it was measured last. */
export class Pace {
  readonly texts = 32;
  /** UTF-16 units. */
  characters = FIRST;

  /** What a slice took. */
  learn(characters: number, milliseconds: number): void {
    // A small slice is mostly fixed cost.
    if (characters < this.characters / 2 && milliseconds < GOAL_MS) return;
    const possible = (characters * GOAL_MS) / Math.max(1, milliseconds);
    this.characters = Math.min(MOST, Math.max(LEAST, Math.floor(possible)));
  }
}
