/** Sorted strings side by side in one array of UTF-16 units, without an object for each. */

export class SortedStrings {
  readonly #units: Uint16Array;
  /** Where each ends; it begins where the one before ends. */
  readonly #ends: Uint32Array;

  /** Strings rise strictly in the order of their units, as `<` of JavaScript has it. */
  constructor(units: Uint16Array, ends: Uint32Array) {
    this.#units = units;
    this.#ends = ends;
  }

  get length(): number {
    return this.#ends.length;
  }

  at(index: number): string {
    return String.fromCharCode(...this.#units.subarray(this.start(index), this.#ends[index]));
  }

  /** First unit of a string. */
  start(index: number): number {
    return index === 0 ? 0 : this.#ends[index - 1]!;
  }

  end(index: number): number {
    return this.#ends[index]!;
  }

  unit(at: number): number {
    return this.#units[at]!;
  }

  /** Position of a string; -1 where it is not there. */
  indexOf(text: string): number {
    const index = this.lowerBound(text);
    return index < this.length && this.#compareTo(index, text) === 0 ? index : -1;
  }

  /** The first that is not less than `text`. */
  lowerBound(text: string): number {
    return this.#bound((index) => this.#compareTo(index, text) < 0);
  }

  /** Those that begin with `prefix`, as a range: first, and one past the last. */
  startingWith(prefix: string): [first: number, end: number] {
    const first = this.lowerBound(prefix);
    return [
      first,
      this.endOf(prefix.length, first, (at, i) => this.unit(at) === prefix.charCodeAt(i)),
    ];
  }

  /** Below 0 where string `a` is the less, above 0 where `b` is. */
  compare(a: number, b: number): number {
    const [startA, startB] = [this.start(a), this.start(b)];
    const [lengthA, lengthB] = [this.end(a) - startA, this.end(b) - startB];
    const common = Math.min(lengthA, lengthB);
    for (let i = 0; i < common; i++) {
      const difference = this.unit(startA + i) - this.unit(startB + i);
      if (difference !== 0) return difference;
    }
    return lengthA - lengthB;
  }

  /** One past the last string from `first` on whose first `depth` units all hold. */
  endOf(depth: number, first: number, holds: (at: number, i: number) => boolean): number {
    return this.#bound((index) => {
      const start = this.start(index);
      if (this.end(index) - start < depth) return false;
      for (let i = 0; i < depth; i++) if (!holds(start + i, i)) return false;
      return true;
    }, first);
  }

  /** The first from `low` on for which `before` does not hold; it holds up to there and not after. */
  #bound(before: (index: number) => boolean, low = 0): number {
    let high = this.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (before(middle)) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #compareTo(index: number, text: string): number {
    const start = this.start(index);
    const length = this.end(index) - start;
    const common = Math.min(length, text.length);
    for (let i = 0; i < common; i++) {
      const difference = this.unit(start + i) - text.charCodeAt(i);
      if (difference !== 0) return difference;
    }
    return length - text.length;
  }
}
