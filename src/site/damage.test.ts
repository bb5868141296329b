import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import type { NearfieldError } from '../contract/index.ts';
import { readColumn, writeColumn, type Values } from './filters/index.ts';
import { readFragments, writeFragments } from './fragments/index.ts';
import type { FileParts, OpenedParts } from './files/index.ts';
import { siteOf, type Damage, type MemorySite } from './memory-site.ts';
import { readRoot, writeRoot } from './root.ts';
import type { TextAnswer } from './text-reader.ts';
import { readTermShard, TermTable } from './words/index.ts';
import { writeTermShard } from './words/term-shard.ts';

const WORDS = 'apple banana cherry damson elder fig grape hazel iris juniper kiwi lemon'.split(' ');
const QUERY = 'apples lemon figs ju';

let site: MemorySite;
let sound: TextAnswer;

beforeAll(async () => {
  const passages = Array.from({ length: 200 }, (_, i) => ({
    url: `/${i}`,
    title: WORDS[i % 12]!,
    text: WORDS.slice(i % 7, (i % 11) + 2).join(' '),
    language: 'en',
    metadata: { i },
  }));
  site = await siteOf(passages, { shardBytes: 60 });
  sound = await (await site.open()).search(QUERY);
  expect(site.namesOf('terms').length).toBeGreaterThan(5);
});

const damage = fc.record<Damage>({
  kind: fc.constantFrom('missing', 'cut', 'flipped', 'swapped'),
  at: fc.nat(99_999),
});

describe('files that are not as they were written', () => {
  it('of words leave an answer without them, which says so', async () => {
    const some = fc.array(fc.record({ file: fc.nat(999), how: damage }), {
      minLength: 1,
      maxLength: 4,
    });
    const names = site.namesOf('terms');
    let partial = 0;
    await fc.assert(
      fc.asyncProperty(some, async (list) => {
        const changed = new Map(
          list.map(({ file, how }) => {
            const name = names[file % names.length]!;
            return [name, site.damaged(name, how)] as const;
          }),
        );
        const answer = await (await site.open(changed)).search(QUERY);
        if (answer.partial.length === 0) expect(answer.hits).toEqual(sound.hits);
        else partial++;
      }),
      { numRuns: 300 },
    );
    expect(partial).toBeGreaterThan(30);
  });

  it('name the words that are concerned', async () => {
    const all = new Map(site.namesOf('terms').map((name) => [name, undefined]));
    const answer = await (await site.open(all)).search('apples lemon');
    expect(answer).toMatchObject({ hits: [], partial: ['apples', 'lemon'] });
  });

  it('of texts leave out their passages, and of fields refuse the search', async () => {
    await fc.assert(
      fc.asyncProperty(damage, async (how) => {
        const kinds = ['fragments', 'filter'].flatMap((kind) => site.namesOf(kind));
        const reader = await site.open(
          new Map(kinds.map((name) => [name, site.damaged(name, how)])),
        );
        expect(await reader.fragments([0, 5])).toEqual([undefined, undefined]);
        await expect(reader.passing({ i: 3 })).rejects.toThrow();
        expect((await reader.search(QUERY)).hits).toEqual(sound.hits);
      }),
      { numRuns: 100 },
    );
  });

  it('refuse to open where it is the first', async () => {
    const [root] = site.namesOf('root');
    await fc.assert(
      fc.asyncProperty(damage, async (how) => {
        const changed = site.damaged(root!, how);
        const opened = site.open(new Map([[root!, changed]]));
        await expect(opened).rejects.toSatisfy(({ code }: NearfieldError) =>
          (changed ? ['integrity', 'incompatible-index'] : ['download-failed']).includes(code),
        );
      }),
      { numRuns: 200 },
    );
  });

  it('of another version say so', async () => {
    const [root] = site.namesOf('root');
    const changed = site.files.get(root!)!.slice();
    new Uint32Array(changed.buffer)[1] = 9;
    await expect(site.open(new Map([[root!, changed]]))).rejects.toMatchObject({
      code: 'incompatible-index',
      message: expect.stringContaining('version 9') as string,
    });
  });

  it('are read again by the next who asks', async () => {
    const names = site.namesOf('terms');
    const changed = new Map<string, Uint8Array<ArrayBuffer> | undefined>(
      names.map((name) => [name, undefined]),
    );
    const reader = await site.open(changed);
    expect((await reader.search(QUERY)).partial).not.toEqual([]);
    changed.clear();
    expect((await reader.search(QUERY)).hits).toEqual(sound.hits);
  });
});

/** What a reader gives for parts in which bytes are others: nothing but `integrity` may be thrown. */
function expectSoundOrIntegrity(parts: FileParts, read: (parts: OpenedParts) => unknown): void {
  const { packed = new Uint8Array(), plain = new Uint8Array() } = parts;
  const change = fc.record({ at: fc.nat(), value: fc.oneof(fc.nat(255), fc.constant(255)) });
  fc.assert(
    fc.property(fc.array(change, { minLength: 1, maxLength: 5 }), fc.boolean(), (changes, cut) => {
      const whole = Uint8Array.from([...packed, ...plain]);
      for (const { at, value } of changes) whole[at % whole.length] = value;
      const border = cut ? changes[0]!.at % whole.length : packed.length;
      try {
        read({ packed: whole.slice(0, border), plain: whole.slice(border) });
      } catch (error) {
        expect(error).toMatchObject({ code: 'integrity' });
      }
    }),
    { numRuns: 2000 },
  );
}

describe('parts that somebody made with the right checksum', () => {
  const scope = { rows: 50, languages: ['en', 'de'] };
  const entry = (form: string, stems: string[], row: number) => ({
    form,
    stems,
    postings: { docs: Uint32Array.of(row, row + 3), frequencies: Uint32Array.of(1, 7) },
  });

  it('of words are read or refused', () => {
    const entries = [
      entry('run', ['en:run'], 1),
      entry('runs', ['de:runs', 'en:run'], 5),
      entry('ärger', [], 9),
    ];
    const elsewhere = new Map([['en:rub', ['rubbed', 'rubs']]]);
    const parts = writeTermShard({ entries, elsewhere }, scope);
    expectSoundOrIntegrity(parts, (parts) => readTermShard(parts, 'x', scope));
  });

  it('of the first file are read or refused', () => {
    const shards = ['', 'b', 'bc'].map((first, i) => ({ first, bytes: 100 * i }));
    const table = new TermTable(['en'], Uint32Array.of(0, 1, 1, 2, 90), shards);
    const root = { table, fields: ['year', 'tags'], weights: [[2, [1, 3]]] as const };
    expectSoundOrIntegrity(writeRoot(root), (parts) => readRoot(parts, 'x'));
  });

  it('of texts are read or refused', () => {
    const passages = [
      { url: '/', title: 'a', text: 'b', metadata: { when: new Date(3), n: ['a'] } },
    ];
    expectSoundOrIntegrity(writeFragments(passages), (parts) => readFragments(parts, 'x', 1));
  });

  it('of fields are read or refused', () => {
    const values: Values = new Map<number, string | string[] | Date>([
      [1, 'a'],
      [3, ['b', 'c']],
      [4, new Date(5)],
    ]);
    expectSoundOrIntegrity(writeColumn(values, Array.from('abcdefghi')), (parts) =>
      readColumn(parts, 'x', 9),
    );
  });
});
