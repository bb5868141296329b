/** The seeded weights by the names of transformers' BertModel, linear layers as [out, in]. */

import { seededValues } from '../seeded.ts';
import { BERT } from './config.ts';
import { VOCABULARY } from './vocabulary.ts';

export interface Weight {
  values: Float32Array<ArrayBuffer>;
  dims: number[];
}

interface Spread {
  centre?: number;
  spread: number;
}

const { hidden, inner, layers, positions, types } = BERT;

/** Wide enough that attention is far from uniform, so that a fault in it shows. */
const LINEAR: Spread = { spread: 0.35 };
const BIAS: Spread = { spread: 0.2 };
const TABLE: Spread = { spread: 1 };
const SCALE: Spread = { centre: 1, spread: 0.5 };

export function bertWeights(): Map<string, Weight> {
  const weights = new Map<string, Weight>();
  const add = (name: string, dims: number[], { centre = 0, spread }: Spread): void => {
    const count = dims.reduce((product, dim) => product * dim, 1);
    const values = seededValues(`bert/${name}`, count).map((value) => value * spread + centre);
    weights.set(name, { values, dims });
  };
  const linear = (name: string, out: number, width: number): void => {
    add(`${name}.weight`, [out, width], LINEAR);
    add(`${name}.bias`, [out], BIAS);
  };
  const norm = (name: string): void => {
    add(`${name}.weight`, [hidden], SCALE);
    add(`${name}.bias`, [hidden], BIAS);
  };
  add('embeddings.word_embeddings.weight', [VOCABULARY.length, hidden], TABLE);
  add('embeddings.position_embeddings.weight', [positions, hidden], TABLE);
  add('embeddings.token_type_embeddings.weight', [types, hidden], TABLE);
  norm('embeddings.LayerNorm');
  for (let n = 0; n < layers; n++) {
    const at = `encoder.layer.${n}`;
    for (const part of ['query', 'key', 'value'])
      linear(`${at}.attention.self.${part}`, hidden, hidden);
    linear(`${at}.attention.output.dense`, hidden, hidden);
    norm(`${at}.attention.output.LayerNorm`);
    linear(`${at}.intermediate.dense`, inner, hidden);
    linear(`${at}.output.dense`, hidden, inner);
    norm(`${at}.output.LayerNorm`);
  }
  linear('pooler.dense', hidden, hidden);
  return weights;
}
