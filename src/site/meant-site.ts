/** A small site whose model knows words that mean the same: for tests. */

import type { Embedder, SiteModel } from '../contract/index.ts';
import { fitLight, type FitOptions } from '../light/index.ts';
import { randomOf } from '../light/random.ts';
import { buildSite, type BuiltSite, type SiteInput } from './build.ts';
import type { SitePassage } from './passage.ts';

export const MODEL: SiteModel = {
  model: 'seeded',
  revision: '1',
  pooling: 'mean',
  dimensions: 32,
};

/** The first of each stands in passages, the second in questions alone. */
const PAIRS = ['bread loaf', 'boat vessel', 'storm gale', 'tree oak', 'stone rock', 'oven stove']
  .concat([
    'river stream',
    'bird sparrow',
    'lamp lantern',
    'road street',
    'money cash',
    'child kid',
  ])
  .map((pair) => pair.split(' ') as [string, string]);

export const SYNONYMS: ReadonlyMap<string, string> = new Map(PAIRS);

const random = randomOf(5);
const meanings = new Map<string, Float64Array>();
for (const pair of PAIRS) {
  const shared = noise(1);
  for (const word of pair) {
    meanings.set(
      word,
      noise(0.15).map((value, i) => value + shared[i]!),
    );
  }
}

function noise(size: number): Float64Array {
  return Float64Array.from({ length: MODEL.dimensions }, () => size * (random() - 0.5));
}

/** What the model makes of a text: the mean of what its words mean, of length 1. */
export function meaningOf(text: string): Float32Array<ArrayBuffer> {
  const sum = new Float64Array(MODEL.dimensions).fill(0.05);
  for (const word of text.toLowerCase().match(/[a-z]+/g) ?? []) {
    for (const [i, value] of meanings.get(word)?.entries() ?? []) sum[i]! += value;
  }
  const length = Math.hypot(...sum);
  return Float32Array.from(sum, (value) => value / length);
}

export function vectorsOf(texts: readonly string[]): Float32Array<ArrayBuffer> {
  return Float32Array.from(texts.flatMap((text) => [...meaningOf(text)]));
}

/** 120 pages of two sections: each has two of the words, and a kind. */
export function meantPassages(): SitePassage[] {
  const words = PAIRS.map(([word]) => word);
  return Array.from({ length: 240 }, (_, i) => {
    const page = i >> 1;
    const a = words[page % words.length]!;
    const b = words[(page * 5 + i + 1) % words.length]!;
    return {
      url: `/${page}/`,
      title: `Page ${page}`,
      headings: [`About ${a}`],
      anchor: i % 2 === 0 ? '' : 'more',
      text: `Of ${a} and ${b}. The ${a} number ${i}.`,
      language: page % 3 === 0 ? 'en-GB' : 'en',
      metadata: { kind: page % 2 === 0 ? 'even' : 'odd', note: `n${i}`, image: `/${page}.png` },
    };
  });
}

export function fitOptions(passages: readonly SitePassage[]): FitOptions {
  const texts = passages.map(({ text }) => text);
  const asked = PAIRS.flatMap(([a, b]) => [b, `${a} ${b}`]);
  const pieces = [
    ...Array.from('abcdefghijklmnopqrstuvwxyz0123456789.▁'),
    ...PAIRS.flat().map((w) => `▁${w}`),
  ];
  const costs = Uint8Array.from(pieces, ({ length }) => (length > 1 ? 40 : 80));
  return {
    model: MODEL,
    vocabulary: { pieces, costs },
    passages: { texts, vectors: vectorsOf(texts) },
    queries: { texts: asked, vectors: vectorsOf(asked) },
  };
}

/** With all that an index can have. */
export async function meantInput(): Promise<Required<SiteInput>> {
  const passages = meantPassages();
  const light = await fitLight(fitOptions(passages));
  const vectors = vectorsOf(passages.map(({ text }) => text));
  return { passages, filters: ['kind'], meaning: { model: MODEL, vectors, light } };
}

/** As a host serves it; `changed` are files that are others by now, or gone. */
export class Host {
  readonly files: ReadonlyMap<string, Uint8Array<ArrayBuffer>>;
  readonly changed = new Map<string, BodyInit | undefined>();
  /** Names of what was asked for, in order. */
  readonly asked: string[] = [];

  constructor({ files, manifest }: BuiltSite) {
    this.files = new Map([...files, manifest].map(({ name, bytes }) => [name, bytes]));
  }

  static async of(input: SiteInput): Promise<Host> {
    return new Host(await buildSite(input));
  }

  readonly url = 'https://site.example/nearfield/';

  readonly fetch = (url: string): Promise<Response> => {
    const name = url.slice(this.url.length);
    this.asked.push(name);
    const body = this.changed.has(name) ? this.changed.get(name) : this.files.get(name);
    return Promise.resolve(new Response(body ?? null, { status: body === undefined ? 404 : 200 }));
  };

  /** Names of the files of a kind. */
  namesOf(kind: string): string[] {
    return [...this.files.keys()].filter((name) => name.includes(`/${kind}-`));
  }
}

/** The model itself, as far as an index asks for it. */
export function seededEmbedder(revision = MODEL.revision): Embedder {
  const info = { ...MODEL, revision, minDimensions: MODEL.dimensions };
  return {
    info,
    embed: (text: string) => Promise.resolve({ row: () => meaningOf(text) }),
  } as unknown as Embedder;
}
