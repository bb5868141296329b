import { describe, expect, it } from 'vitest';
import type { SitePassage } from '../site/index.ts';
import { queriesOf } from './queries.ts';

const passage = (title: string, text: string, ...headings: string[]): SitePassage => ({
  url: '/',
  title,
  text,
  headings,
});

describe('queriesOf', () => {
  it('takes titles, innermost headings and first sentences, each once', () => {
    const passages = [
      passage('Bats', 'Bats fly at night. They sleep by day.', 'Life', 'Nights'),
      passage('Bats', 'Too short. But this one is not.', 'Life', 'Nights'),
      passage('Owls', `${'A sentence that goes on '.repeat(12)}.`),
    ];
    expect(queriesOf(passages, 1e6)).toEqual(['Bats', 'Nights', 'Bats fly at night.', 'Owls']);
  });

  it('costs a fifth of the passages, and takes some of the whole site', () => {
    const passages = Array.from({ length: 500 }, (_, i) =>
      passage(`Page ${i}`, `This is what page number ${i} is about. And more.`),
    );
    const cost = passages.reduce((sum, { text }) => sum + text.length, 0);
    const queries = queriesOf(passages, cost);
    const spent = queries.reduce((sum, text) => sum + text.length + 24, 0);
    expect(spent).toBeLessThan(0.22 * cost);
    expect(spent).toBeGreaterThan(0.18 * cost);
    const pages = queries.map((text) => Number(/\d+/.exec(text)![0]));
    expect(Math.min(...pages)).toBeLessThan(20);
    expect(Math.max(...pages)).toBeGreaterThan(480);
  });

  it('takes some of a small site, whatever they cost', () => {
    const passages = Array.from({ length: 70 }, (_, i) => passage(`Page ${i}`, 'Short.'));
    expect(queriesOf(passages, 1)).toHaveLength(64);
  });

  it('has none for nothing', () => {
    expect(queriesOf([], 0)).toEqual([]);
  });
});
