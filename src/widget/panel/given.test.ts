import { beforeAll, describe, expect, it } from 'vitest';
import { meantInput, seededEmbedder } from '../../site/meant-site.ts';
import { SlowHost } from '../slow-host.test-support.ts';
import { giveTo, takeFrom } from './given.ts';

let host: SlowHost;

beforeAll(async () => {
  host = await SlowHost.of(await meantInput());
});

describe('models given to an index', () => {
  it('are taken back one by one, whoever begins', async () => {
    const index = await host.open();
    const [first, second, third] = [seededEmbedder(), seededEmbedder(), seededEmbedder()];
    for (const embedder of [first, second, third]) giveTo(index, embedder);
    takeFrom(index, second);
    expect(index.embedder).toBe(third);
    takeFrom(index, third);
    expect(index.embedder).toBe(first);
    takeFrom(index, first);
    expect(index.embedder).toBeUndefined();
    expect(index.tier).toBe('words');
  });

  it("leave the page's own alone, before or after", async () => {
    const index = await host.open();
    const [own, given, later] = [seededEmbedder(), seededEmbedder(), seededEmbedder()];
    index.use(own);
    giveTo(index, given);
    takeFrom(index, given);
    expect(index.embedder).toBe(own);
    giveTo(index, given);
    index.use(later);
    takeFrom(index, given);
    expect(index.embedder).toBe(later);
  });

  it('are none of an index that would not have them', async () => {
    const index = await host.open();
    const [one, other] = [seededEmbedder(), seededEmbedder('2')];
    giveTo(index, one);
    expect(() => giveTo(index, other)).toThrow();
    expect(index.embedder).toBe(one);
    takeFrom(index, one);
    expect(index.embedder).toBeUndefined();
  });

  it('are taken from a closed one, too', async () => {
    const index = await host.open();
    const [first, second] = [seededEmbedder(), seededEmbedder()];
    giveTo(index, first);
    giveTo(index, second);
    index.close();
    for (const embedder of [first, second]) expect(() => takeFrom(index, embedder)).not.toThrow();
  });
});
