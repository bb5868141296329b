import { describe, expect, it } from 'vitest';
import type { OpenFile } from '../../weights/store.ts';
import { StoredSource, readTensor, readTensorInto, toFloats } from './source.ts';

const BYTES = Uint8Array.from({ length: 100 }, (_, i) => i);
const TENSOR = { dtype: 'uint8', dims: [50], file: 'data', offset: 20, length: 50 } as const;

/** A file of the store that tells how often it was read and closed. */
function stored(): { file: OpenFile; reads: number; closed: number } {
  const counts = { reads: 0, closed: 0 };
  const file: OpenFile = {
    read(into, at) {
      counts.reads++;
      into.set(BYTES.subarray(at, at + into.length));
    },
    close() {
      counts.closed++;
    },
  };
  return Object.assign(counts, { file });
}

async function readBoth(source: StoredSource): Promise<number[][]> {
  const sources = new Map([['data', source]]);
  const into = new Uint8Array(4);
  await readTensorInto(sources, TENSOR, 10, into);
  return [[...(await readTensor(sources, TENSOR, 10, 4))], [...into]];
}

describe('a stored file', () => {
  const expected = [
    [30, 31, 32, 33],
    [30, 31, 32, 33],
  ];

  it('is read where it lies while it is open, then from its blob', async () => {
    const opened = stored();
    const open = async (): Promise<OpenFile> => opened.file;
    const source = await StoredSource.open({ blob: new Blob([BYTES]), open });
    expect(await readBoth(source)).toEqual(expected);
    expect(opened.reads).toBe(2);
    source.close();
    source.close();
    expect(await readBoth(source)).toEqual(expected);
    expect(opened).toMatchObject({ reads: 2, closed: 1 });
  });

  it('is read from its blob where reading it in place fails', async () => {
    const opened = stored();
    opened.file.read = () => {
      throw new TypeError('no shared memory here');
    };
    const source = new StoredSource(new Blob([BYTES]), opened.file);
    expect(await readBoth(source)).toEqual(expected);
    expect(opened.closed).toBe(1);
  });

  it('that was deleted meanwhile is an error of storage', async () => {
    const gone = new Blob([BYTES]);
    gone.slice = () => {
      throw new DOMException('gone', 'NotFoundError');
    };
    await expect(readBoth(new StoredSource(gone))).rejects.toMatchObject({ code: 'storage' });
  });

  it.each([
    ['may not be opened', async () => undefined],
    ['is in no store', undefined],
  ])('is read from its blob where it %s', async (_, open) => {
    const blob = new Blob([BYTES]);
    const source = await StoredSource.open({ blob, ...(open && { open }) });
    expect(await readBoth(source)).toEqual(expected);
  });
});

describe('floats', () => {
  it('are read at any alignment', () => {
    const bytes = new Uint8Array(11);
    bytes.set(new Uint8Array(Float32Array.of(1.5, -2).buffer), 3);
    expect([...toFloats(bytes.subarray(3), false)]).toEqual([1.5, -2]);
    // 1, -2, the least subnormal and the largest number of float16.
    const halves = Uint16Array.of(0x3c00, 0xc000, 0x0001, 0x7bff);
    bytes.set(new Uint8Array(halves.buffer), 3);
    expect([...toFloats(bytes.subarray(3), true)]).toEqual([1, -2, 2 ** -24, 65_504]);
  });
});
