import { expect, it } from 'vitest';

it('can be imported where there are no elements, as by a server that renders pages', async () => {
  expect(globalThis).not.toHaveProperty('customElements');
  await expect(import('./index.ts')).resolves.toHaveProperty('NearfieldSearch');
});
