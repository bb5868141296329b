import { describe, expect, it } from 'vitest';
import type { ProblemCode } from '../page.ts';
import { decodedHtml } from './charset.ts';

const ascii = (text: string): number[] => [...new TextEncoder().encode(text)];

function read(...bytes: (string | number[])[]): { text: string; codes: ProblemCode[] } {
  const codes: ProblemCode[] = [];
  const all = bytes.flatMap((part) => (typeof part === 'string' ? ascii(part) : part));
  const text = decodedHtml(Uint8Array.from(all), (code) => codes.push(code));
  return { text: text.replace(/^.*>/, ''), codes };
}

describe('decodedHtml', () => {
  it.each([
    ['a mark of UTF-8, over meta', [[0xef, 0xbb, 0xbf], '<meta charset=windows-1251>é'], 'é'],
    ['a mark of UTF-16LE', [[0xff, 0xfe, 0x2b, 0x69]], '\u692b'],
    ['a mark of UTF-16BE', [[0xfe, 0xff, 0x69, 0x2b]], '\u692b'],
    ['meta', ['<meta charset="shift_jis">', [0x82, 0xd3]], 'ふ'],
    ['meta after a comment', [`<!--${'x'.repeat(2000)}--><meta charset=koi8-r>`, [0xc1]], 'а'],
    [
      'http-equiv',
      ['<meta http-equiv=Content-Type content="text/html; charset=ISO-8859-2">', [0xb1]],
      'ą',
    ],
    ['latin1, which is windows-1252', ['<meta charset=iso-8859-1>', [0x80, 0x93]], '€“'],
    ['meta of UTF-16, which cannot be', ['<meta charset=utf-16le>é'], 'é'],
    ['nothing: UTF-8', ['é梟'], 'é梟'],
    ['nothing: windows-1252', [[0xe9, 0x20, 0x80]], 'é €'],
    ['meta in a comment, which is nothing', ['<!-- <meta charset=koi8-r> -->é'], 'é'],
    ['meta in a script, which is nothing', ['<script>"<meta charset=koi8-r>"</script>é'], 'é'],
  ] as [string, (string | number[])[], string][])('goes by %s', (_, bytes, expected) => {
    const { text, codes } = read(...bytes);
    expect(text).toBe(expected);
    expect(codes).toEqual([]);
  });

  it('says that it does not know a charset', () => {
    expect(read('<meta charset="klingon">é')).toEqual({ text: 'é', codes: ['unknown-charset'] });
  });
});
