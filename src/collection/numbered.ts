import { nearestTo } from './birds.ts';
import type { SearchSession } from './session.ts';
import type { CutDocument } from './wire.ts';

/** A test fixture: documents known by their numbers, with vectors far from each other's. */

interface Numbered {
  /** The unit vector of a number. */
  direction(number: number): Float32Array<ArrayBuffer>;
  /** Documents `from` up to `end`, one passage each; document i's vector is `direction(i)`. */
  documents(from: number, end: number): [CutDocument[], Float32Array<ArrayBuffer>];
  /** The id of the document whose vector is nearest to a number's. */
  nearest(session: SearchSession, number: number): Promise<string | undefined>;
}

export function numbered(width: number): Numbered {
  const direction = (number: number): Float32Array<ArrayBuffer> => directionOf(number, width);
  return {
    direction,
    documents: (from, end) => {
      const numbers = Array.from({ length: end - from }, (_, i) => from + i);
      const cut = numbers.map((i) => ({
        document: { id: `d${i}`, text: `text ${i}` },
        spans: Uint32Array.of(0, `text ${i}`.length),
      }));
      return [cut, Float32Array.from(numbers.flatMap((i) => [...direction(i)]))];
    },
    nearest: async (session, number) => {
      const [hit] = await session.call((api) => api.search(nearestTo(direction(number))));
      return hit?.id;
    },
  };
}

function directionOf(number: number, width: number): Float32Array<ArrayBuffer> {
  // Knuth's multiplicative hash: spread over all directions, and the same in every run.
  const row = Float32Array.from({ length: width }, (_, axis) => {
    const hash = Math.imul(Math.imul(number + 1, 2654435761) ^ (axis + 1), 2246822519) >>> 0;
    return ((hash ^ (hash >>> 15)) >>> 0) / 2 ** 31 - 1;
  });
  const norm = Math.hypot(...row);
  return row.map((value) => value / norm);
}
