import { describe, expect, test } from 'vitest';
import { decodeText, MAX_FILE_BYTES, readTextFile, Refusal } from './files.ts';

const bytes = (...values: number[]): Uint8Array<ArrayBuffer> => Uint8Array.from(values);

describe('decodeText', () => {
  test('reads UTF-8, with and without its mark', () => {
    expect(decodeText(new TextEncoder().encode('naïve 日本'))).toBe('naïve 日本');
    expect(decodeText(bytes(0xef, 0xbb, 0xbf, 0x61))).toBe('a');
  });

  test('reads UTF-16 by its mark', () => {
    expect(decodeText(bytes(0xff, 0xfe, 0x61, 0x00, 0xe5, 0x65))).toBe('a日');
    expect(decodeText(bytes(0xfe, 0xff, 0x00, 0x61))).toBe('a');
  });

  test('takes what is no UTF-8 for Windows-1252', () => {
    expect(decodeText(bytes(0x63, 0x61, 0x66, 0xe9))).toBe('café');
  });

  test('refuses what is no text', () => {
    expect(() => decodeText(bytes(0x50, 0x4b, 3, 4, 0, 0))).toThrow(Refusal);
    expect(() => decodeText(bytes(1, 2, 3, 0x61))).toThrow(Refusal);
  });
});

describe('readTextFile', () => {
  test('titles a Markdown file by its first heading, a text file by its name', async () => {
    const text = 'intro\r\n\r\n## The garden ##\r\nroses';
    expect(await readTextFile(new File([text], 'a.md'))).toEqual({
      title: 'The garden',
      text: 'intro\n\n## The garden ##\nroses',
    });
    expect((await readTextFile(new File([text], 'a.txt'))).title).toBe('a.txt');
    expect((await readTextFile(new File(['no heading'], 'b.md'))).title).toBe('b.md');
  });

  test('refuses other kinds, empty files and very large ones, saying why', async () => {
    await expect(readTextFile(new File(['x'], 'a.pdf'))).rejects.toThrow('.txt and .md');
    await expect(readTextFile(new File([' \n'], 'a.txt'))).rejects.toThrow('no text');
    const large = new File([new Uint8Array(MAX_FILE_BYTES + 1)], 'a.txt');
    await expect(readTextFile(large)).rejects.toThrow('20 MB');
  });
});
