import { describe, expect, it } from 'vitest';
import { siteOf } from './memory-site.ts';

describe('a site written and read in a browser', () => {
  it('is searched, and shows what was found', async () => {
    const site = await siteOf([
      { url: '/a', title: 'Kettles', text: 'Copper kettles boil fast.', language: 'en' },
      {
        url: '/b',
        title: '湯沸かし',
        text: '基本的人権の尊重',
        language: 'ja',
        metadata: { year: 2024 },
      },
    ]);
    const reader = await site.open();
    const { hits, words, partial } = await reader.search('kettle', { language: 'en' });
    expect(partial).toEqual([]);
    const [shown] = await reader.fragments([hits[0]!.id], { forms: words.forms });
    expect(shown!.snippet).toEqual({ text: 'Copper kettles boil fast.', marks: [[7, 14]] });
    const mask = await reader.passing({ year: 2024 });
    expect((await reader.search('人権', { mask })).hits).toHaveLength(1);
  });
});
