import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NearfieldError } from '../../contract/index.ts';
import { wrongRow } from './exported.ts';
import { fvecsStream, npyStream, readFvecs, readNpy, type VectorFile } from './index.ts';
import { all, bytesOf, chunking, damagedFrom, each, streamIn, unitRows } from './samples.ts';

/** By tools/golden/vectors.py. */
interface Golden {
  dimensions: number;
  float32: number[];
  float16: number[];
  read: Record<'float32' | 'float16', Record<string, string>>;
  refused: Record<string, string>;
  empty: string;
  fvecs: string;
}

const golden = JSON.parse(
  readFileSync(new URL('../../../tools/golden/vectors.json', import.meta.url), 'utf8'),
) as Golden;
const DIMENSIONS = golden.dimensions;

const decoded = (base64: string) => Uint8Array.from(Buffer.from(base64, 'base64'));
const latin1 = (text: string) => Uint8Array.from(text, (letter) => letter.charCodeAt(0));
const code = (name: string): unknown => expect.objectContaining({ code: name });

async function values(file: VectorFile): Promise<number[]> {
  return (await all(file.batches)).flatMap((batch) => [...batch]);
}

/** Rows in batches of 1, 2, 3, … */
function* batches(rows: Float32Array, dimensions: number): Generator<Float32Array> {
  for (let at = 0, count = 1; at < rows.length; at += count++ * dimensions) {
    yield rows.subarray(at, at + count * dimensions);
  }
}

const formats = {
  npy: {
    write: (rows: Float32Array, dimensions: number) =>
      npyStream({ rows: rows.length / dimensions, dimensions }, each(batches(rows, dimensions))),
    read: readNpy,
  },
  fvecs: {
    write: (rows: Float32Array, dimensions: number) =>
      fvecsStream(dimensions, each(batches(rows, dimensions))),
    read: readFvecs,
  },
};

describe.each(Object.entries(formats))('.%s', (_, { write, read }) => {
  it('gives back what was written, however the stream is cut', async () => {
    const counts = fc.record({
      rows: fc.integer({ min: 1, max: 9 }),
      width: fc.integer({ min: 1, max: 9 }),
    });
    await fc.assert(
      fc.asyncProperty(counts, fc.nat(999), chunking, async ({ rows, width }, seed, lengths) => {
        const vectors = unitRows(rows, width, seed);
        const file = await read(streamIn(await bytesOf(write(vectors, width)), lengths));
        expect(file.dimensions).toBe(width);
        expect(await values(file)).toEqual([...vectors]);
      }),
      { numRuns: 200 },
    );
  });

  it('comes in batches of a mebibyte at most', async () => {
    const vectors = unitRows(3000, 256, 1);
    const file = await read(streamIn(await bytesOf(write(vectors, 256)), [65_536]));
    const got = await all(file.batches);
    for (const batch of got) expect(batch.byteLength).toBeLessThanOrEqual(1024 * 1024);
    const joined = Buffer.concat(got.map((batch) => Buffer.from(batch.buffer)));
    expect(Buffer.compare(joined, Buffer.from(vectors.buffer))).toBe(0);
  });

  it('is refused when it is cut off', async () => {
    const bytes = await bytesOf(write(unitRows(3, 4, 1), 4));
    for (let length = 0; length < bytes.length; length++) {
      const reading = async () => values(await read(streamIn(bytes.subarray(0, length), [7])));
      // Nothing in .fvecs says how many rows there are.
      if (read === readFvecs && length > 0 && length % 20 === 0) {
        expect(await reading()).toHaveLength(length / 5);
      } else await expect(reading()).rejects.toThrow(code('integrity'));
    }
  });

  it('gives unit vectors or an error whatever is wrong in it', async () => {
    const bytes = await bytesOf(write(unitRows(4, 6, 1), 6));
    await fc.assert(
      fc.asyncProperty(damagedFrom(bytes), chunking, async (bent, lengths) => {
        try {
          const file = await read(streamIn(bent, lengths));
          const rows = Float32Array.from(await values(file));
          expect(rows.length % file.dimensions).toBe(0);
          expect(wrongRow(rows, file.dimensions)).toBeUndefined();
        } catch (error) {
          if (!(error instanceof NearfieldError)) throw error;
          expect(['bad-input', 'integrity']).toContain(error.code);
        }
      }),
      { numRuns: 1000 },
    );
  });

  it('is not written of rows that are broken or not unit vectors', async () => {
    for (const wrong of [
      [1, 0, 0],
      [1, 1],
      [Number.NaN, 0],
      [0, 0],
    ]) {
      const writing = bytesOf(write(Float32Array.from([1, 0, ...wrong]), 2));
      await expect(writing).rejects.toThrow(code('bad-input'));
    }
  });

  it('lets go of the stream when it is refused or left', async () => {
    const bytes = await bytesOf(write(unitRows(3000, 256, 1), 256));
    for (const part of [bytes.subarray(0, 1_100_000), new Uint8Array(100)]) {
      let cancelled = false;
      const stream = new ReadableStream<Uint8Array>({
        start: (controller) => controller.enqueue(part),
        cancel: () => void (cancelled = true),
      });
      const first = read(stream).then(async ({ batches: found }) => {
        for await (const batch of found) return batch.length;
        return 0;
      });
      await first.catch((error: unknown) => expect(error).toEqual(code('bad-input')));
      expect(cancelled).toBe(true);
    }
  });
});

describe('.npy', () => {
  const rows = Float32Array.from(golden.float32);

  it.each(['float32', 'float16'] as const)(
    'of numpy is read, %s in every version',
    async (type) => {
      for (const file of Object.values(golden.read[type])) {
        const got = await readNpy(streamIn(decoded(file), [11]));
        expect(got).toMatchObject({ rows: 3, dimensions: DIMENSIONS });
        expect(await values(got)).toEqual(golden[type]);
      }
    },
  );

  it('is written as numpy writes it', async () => {
    const bytes = await bytesOf(formats.npy.write(rows, DIMENSIONS));
    expect(Buffer.from(bytes).toString('base64')).toBe(golden.read.float32['1.0']);
  });

  it('may be empty', async () => {
    const got = await readNpy(streamIn(decoded(golden.empty)));
    expect(got).toMatchObject({ rows: 0, dimensions: DIMENSIONS });
    expect(await values(got)).toEqual([]);
  });

  it.each(Object.entries(golden.refused))('of numpy is refused: %s', async (_, file) => {
    const reading = readNpy(streamIn(decoded(file))).then(values);
    await expect(reading).rejects.toThrow(code('bad-input'));
  });

  const fileWith = (head: string, version = 1) => {
    const file = [...latin1('\x93NUMPY'), version, 0, head.length & 255, head.length >> 8];
    if (version > 1) file.push(0, 0);
    return Uint8Array.from([
      ...file,
      ...latin1(head),
      ...new Uint8Array(Float32Array.of(1, 0).buffer),
    ]);
  };

  it.each([
    `{"descr": "<f4", "fortran_order": False, "shape": (1, 2)}`,
    `{'shape':(1,2),'fortran_order':False,'descr':'<f4',}`,
    `{'descr': '<f4', 'fortran_order': False, 'shape': (1L, 2L), }`,
    `{ 'descr' : '<f4' , 'fortran_order' : False , 'shape' : ( 1 , 2 , ) , }\n`,
  ])('is read as others write its head: %s', async (head) => {
    expect(await values(await readNpy(streamIn(fileWith(head))))).toEqual([1, 0]);
    expect(await values(await readNpy(streamIn(fileWith(head, 2))))).toEqual([1, 0]);
  });

  it.each([
    '',
    '{',
    '[1]',
    'x'.repeat(10_001),
    '['.repeat(9000),
    `{'descr': '<f4', 'fortran_order': False}`,
    `{'descr': '<f4', 'fortran_order': 0, 'shape': (1, 2)}`,
    `{'descr': '|O', 'fortran_order': False, 'shape': (1, 2)}`,
    `{'descr': '<f4', 'fortran_order': False, 'shape': (1, 2), 'more': 1}`,
    `{'descr': '<f4', 'fortran_order': False, 'shape': (-1, 2)}`,
    `{'descr': '<f4', 'fortran_order': False, 'shape': (1, 0)}`,
    `{'descr': '<f4', 'fortran_order': False, 'shape': (1.5, 2)}`,
    `{'descr': '<f4', 'fortran_order': False, 'shape': (1e300, 2)}`,
    `{'descr': '<f4', 'fortran_order': False, 'shape': (1, 65537)}`,
    `{'descr': '<f4', 'fortran_order': False, 'shape': (9007199254740991, 2)}`,
    `{'descr': '<f4', 'fortran_order': False, 'shape': '12'}`,
    `{'__proto__': {'descr': '<f4'}, 'fortran_order': False, 'shape': (1, 2)}`,
  ])('is refused with a hostile head: %s', async (head) => {
    await expect(readNpy(streamIn(fileWith(head)))).rejects.toThrow(code('bad-input'));
  });

  it('is refused in another version, and with bytes too many', async () => {
    const bytes = decoded(golden.read.float32['1.0']!);
    for (const [at, value] of [
      [6, 0],
      [6, 4],
      [7, 1],
      [0, 0],
    ] as const) {
      const bent = bytes.slice();
      bent[at] = value;
      await expect(readNpy(streamIn(bent))).rejects.toThrow(code('bad-input'));
    }
    const longer = await readNpy(streamIn(Uint8Array.from([...bytes, 0])));
    await expect(values(longer)).rejects.toThrow(code('integrity'));
  });

  it('is not finished with other rows than its head says', async () => {
    for (const count of [2, 4]) {
      const stream = npyStream({ rows: count, dimensions: DIMENSIONS }, each([rows]));
      await expect(bytesOf(stream)).rejects.toThrow(code('bad-input'));
    }
  });

  it('names the row that is wrong, in the whole file', async () => {
    const vectors = unitRows(5000, 256, 1);
    vectors.fill(1, 4321 * 256, 4322 * 256);
    const head = await bytesOf(npyStream({ rows: 0, dimensions: 256 }, each([])));
    // The same length: the padding after "(0, 256)" has room.
    const text = String.fromCharCode(...head).replace('(0, 256), }   ', '(5000, 256), }');
    const file = Uint8Array.from(Buffer.concat([latin1(text), Buffer.from(vectors.buffer)]));
    const message: unknown = expect.stringMatching(/row 4321, which is of norm 16/);
    await expect(readNpy(streamIn(file)).then(values)).rejects.toMatchObject({ message });
  });
});

describe('.fvecs', () => {
  it('is what numpy makes of the layout', async () => {
    const rows = Float32Array.from(golden.float32);
    const bytes = await bytesOf(formats.fvecs.write(rows, DIMENSIONS));
    expect(Buffer.from(bytes).toString('base64')).toBe(golden.fvecs);
    expect(await values(await readFvecs(streamIn(bytes, [3])))).toEqual(golden.float32);
  });

  it('is refused with a width that changes, or is none', async () => {
    const bytes = decoded(golden.fvecs);
    for (const [at, width] of [
      [0, 0],
      [0, -1],
      [0, 65_537],
      [24, 4],
      [48, 0x7fffffff],
    ] as const) {
      const bent = bytes.slice();
      new DataView(bent.buffer).setInt32(at, width, true);
      await expect(readFvecs(streamIn(bent)).then(values)).rejects.toThrow(code('bad-input'));
    }
  });
});
