/** Documents in, ranked hits out, with the real model: across reloads, and between models. */

import { openConsole } from './support/console.ts';
import { expect, test } from './support/fixtures.ts';

test.use({ serviceWorkers: 'block' });

const DOCUMENTS = [
  {
    id: 'password',
    text: 'To choose a new password, open Settings, then Account, and follow the link.',
  },
  { id: 'bread', text: 'Knead the dough for ten minutes, let it rise for an hour, then bake it.' },
  { id: 'gravity', text: 'Massive bodies attract each other; planets therefore circle the sun.' },
  {
    id: 'garden',
    title: 'The garden in a year',
    url: 'garden.html',
    metadata: { season: 'all', tags: ['plants', 'soil'] },
    text:
      'In spring the beds are dug and fed.\n\n' +
      'Summer is for watering, early in the morning.\n\n' +
      'When the first frost comes, dahlia tubers are lifted and kept in the cellar.',
  },
];

test('finds by meaning, after a reload and in another language too', async ({ page }) => {
  await openConsole(page);
  const first = await page.evaluate(async (documents) => {
    const embedder = await nearfield.createEmbedder({ model: 'starter', device: 'wasm' });
    const notes = await nearfield.openCollection('notes', { embedder, passageCharacters: 80 });
    await notes.add(documents);
    const hits = await notes.search('how do I change my login credentials?', { limit: 2 });
    const { info } = notes;
    await notes.close();
    await embedder.close();
    return { hits, info };
  }, DOCUMENTS);
  expect(first.hits).toHaveLength(2);
  expect(first.hits[0]).toMatchObject({ id: 'password', via: 'vector' });
  expect(first.hits[0]?.similarity).toBeGreaterThan(first.hits[1]?.similarity ?? 1);
  expect(first.info).toMatchObject({ documents: 4, dimensions: 384, model: 'starter' });

  await page.reload();
  await page.waitForFunction(() => 'nearfield' in globalThis);
  const second = await page.evaluate(async () => {
    const embedder = await nearfield.createEmbedder({ model: 'starter', device: 'wasm' });
    const notes = await nearfield.openCollection('notes', { embedder });
    const winter = await notes.search('Wo überwintern die Dahlien?', { limit: 1 });
    const { texts } = embedder.info.counts;
    await notes.add({ id: 'bread', text: 'Black holes bend light.' });
    const removed = await notes.remove(['password', 'nobody']);
    const after = await notes.search('astronomy', { limit: 10 });
    return { winter, texts, removed, after: after.map(({ id }) => id), count: await notes.count() };
  });
  const [winter] = second.winter;
  expect(winter).toMatchObject({ id: 'garden', url: 'garden.html', metadata: { season: 'all' } });
  expect(winter?.passage.text).toContain('frost');
  expect(winter?.text.slice(winter.passage.start, winter.passage.end)).toBe(winter?.passage.text);
  // The one query: the documents' vectors were stored.
  expect(second.texts).toBe(1);
  expect(second.removed).toBe(1);
  expect(second.count).toBe(3);
  expect(second.after.slice(0, 2).toSorted()).toEqual(['bread', 'gravity']);
});

test('a collection of another model is refused, and embedded again on request', async ({
  page,
  modelServer,
}) => {
  await openConsole(page);
  const out = await page.evaluate(
    async ({ documents, model }) => {
      const starter = await nearfield.createEmbedder({ model: 'starter', device: 'wasm' });
      const first = await nearfield.openCollection('mixed', { embedder: starter });
      await first.add(documents);
      await first.close();
      await starter.close();
      const other = await nearfield.createEmbedder({ model, device: 'wasm' });
      const refusal = await outcomeOf(nearfield.openCollection('mixed', { embedder: other }));
      const progress: number[] = [];
      const again = await nearfield.openCollection('mixed', {
        embedder: other,
        onMismatch: 're-embed',
        onProgress: ({ done }) => progress.push(done),
      });
      const hits = await again.search('soil', { limit: 4 });
      return { refusal, progress, hits: hits.length, dimensions: again.info.dimensions };
    },
    { documents: DOCUMENTS, model: `${modelServer.url}/models/qwen3-seeded` },
  );
  expect(out.refusal.code).toBe('incompatible-index');
  expect(out.refusal.message).toContain('starter');
  expect(out.progress.at(-1)).toBeGreaterThanOrEqual(4);
  expect(out).toMatchObject({ hits: 4, dimensions: 64 });
});
