import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { CATALOGUE, DEFAULT_MODEL } from './catalogue.ts';
import type { ModelFile, ModelSpec } from './model.ts';

function filesOf(spec: ModelSpec): ModelFile[] {
  const { tokenizer, config } = spec.tokenizer;
  return [tokenizer, config, ...Object.values(spec.dtypes).flatMap(({ files }) => files)];
}

describe.each(Object.entries(CATALOGUE))('%s', (id, spec) => {
  it('goes by its own name, from a pinned version', () => {
    expect(spec.id).toBe(id);
    const { source, revision } = spec;
    expect('hub' in source ? source.revision : revision).toMatch(
      'hub' in source ? /^[0-9a-f]{40}$/ : /./,
    );
  });

  it.each(filesOf(spec))('says how large $path is', ({ bytes, aboutBytes, sha256 }) => {
    expect(bytes ?? aboutBytes).toBeGreaterThan(0);
    if (sha256 !== undefined) expect(sha256).toMatch(/^[0-9a-f]{64}$/);
  });

  it('has widths, limits and prompts that fit together', () => {
    expect(spec.dimensions).toBeGreaterThan(0);
    expect(spec.maxTokens).toBeGreaterThan(0);
    expect(spec.matryoshka?.min ?? 1).toBeLessThanOrEqual(spec.dimensions);
    expect(spec.prompts.query.includes('{task}')).toBe(spec.defaultTask !== undefined);
  });

  it('tests itself with figures that can be met', () => {
    const test = spec.selfTest;
    if (test && 'vector' in test) {
      expect(test.vector.length).toBeLessThanOrEqual(spec.dimensions);
      expect(Math.hypot(...test.vector)).toBeLessThanOrEqual(1);
      expect(Math.hypot(...test.vector)).toBeGreaterThan(0.1);
      expect(test.minCosine).toBeLessThan(1);
    } else if (test) {
      const { length } = test.texts;
      expect(test.cosines.every(({ a, b }) => a < length && b < length)).toBe(true);
      expect(test.cosines.every(({ value }) => Math.abs(value) <= 1)).toBe(true);
    }
  });
});

it('has its default model', () => {
  expect(CATALOGUE).toHaveProperty([DEFAULT_MODEL]);
});

it.each(filesOf(CATALOGUE['starter'] as ModelSpec))(
  'has the size and hash of the $path that is served with the site',
  async ({ path, bytes, sha256 }) => {
    const file = await readFile(new URL(`../../public/models/starter/${path}`, import.meta.url));
    expect(file.length).toBe(bytes);
    expect(createHash('sha256').update(file).digest('hex')).toBe(sha256);
  },
);
