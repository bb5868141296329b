import { expect, it } from 'vitest';
import { roomForRows } from './rows.ts';

it('has room for what fits, and says so of what does not', () => {
  expect(roomForRows(3, 4)).toEqual(new Float32Array(12));
  expect(() => roomForRows(2 ** 40, 1024)).toThrow(
    expect.objectContaining({ code: 'out-of-memory' }) as Error,
  );
});
