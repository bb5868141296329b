/**
 * The same BERT in float64, written out from its definition (Devlin et al., arXiv 1810.04805): one
 * text at a time, no padding, no library. tools/golden/README.md says how it was checked itself.
 */

import { BERT, type Activation } from './config.ts';
import { bertWeights } from './weights.ts';

type Row = number[];

const { hidden, heads, layers, epsilon } = BERT;
const HEAD = hidden / heads;

/** State of each token after the last layer. */
export function bertStates(ids: readonly number[], activation: Activation = 'gelu'): Row[] {
  let states = ids.map((id, at) => {
    const word = table('embeddings.word_embeddings.weight', id);
    const position = table('embeddings.position_embeddings.weight', at);
    const type = table('embeddings.token_type_embeddings.weight', 0);
    return norm('embeddings.LayerNorm', sum(sum(word, position), type));
  });
  for (let n = 0; n < layers; n++) {
    states = layer(`encoder.layer.${n}`, states, activation);
  }
  return states;
}

/** Pooled and divided by its L2 norm. */
export function bertVector(
  ids: readonly number[],
  pooling: 'cls' | 'mean',
  activation: Activation = 'gelu',
): number[] {
  const states = bertStates(ids, activation);
  const taken = pooling === 'cls' ? states.slice(0, 1) : states;
  const pooled = taken.reduce(sum).map((value) => value / taken.length);
  return pooled.map((value) => value / Math.hypot(...pooled));
}

function layer(name: string, states: readonly Row[], activation: Activation): Row[] {
  const attended = attention(`${name}.attention`, states);
  return attended.map((state) => {
    const inner = linear(`${name}.intermediate.dense`, state).map(ACTIVATIONS[activation]);
    return norm(`${name}.output.LayerNorm`, sum(linear(`${name}.output.dense`, inner), state));
  });
}

function attention(name: string, states: readonly Row[]): Row[] {
  const of = (part: string): Row[] => states.map((state) => linear(`${name}.self.${part}`, state));
  const [queries, keys, values] = [of('query'), of('key'), of('value')];
  return states.map((state, at) => {
    const mixed = Array.from({ length: heads }, (_, head) => {
      const own = (row: Row): Row => row.slice(head * HEAD, (head + 1) * HEAD);
      const query = own(queries[at] ?? []);
      const shares = softmax(keys.map((key) => dot(query, own(key)) / Math.sqrt(HEAD)));
      return values.map((value, i) => own(value).map((v) => v * (shares[i] ?? 0))).reduce(sum);
    }).flat();
    const out = linear(`${name}.output.dense`, mixed);
    return norm(`${name}.output.LayerNorm`, sum(out, state));
  });
}

function softmax(scores: Row): Row {
  const most = Math.max(...scores);
  const powers = scores.map((score) => Math.exp(score - most));
  const total = powers.reduce((a, b) => a + b, 0);
  return powers.map((power) => power / total);
}

function norm(name: string, row: Row): Row {
  const mean = row.reduce((a, b) => a + b, 0) / row.length;
  const variance = row.reduce((a, b) => a + (b - mean) ** 2, 0) / row.length;
  const [scale, shift] = [vector(`${name}.weight`), vector(`${name}.bias`)];
  return row.map(
    (x, i) => ((x - mean) / Math.sqrt(variance + epsilon)) * (scale[i] ?? 0) + (shift[i] ?? 0),
  );
}

function linear(name: string, row: Row): Row {
  const matrix = vector(`${name}.weight`);
  return Array.from(
    vector(`${name}.bias`),
    (bias, out) =>
      bias + row.reduce((a, value, i) => a + value * (matrix[out * row.length + i] ?? 0), 0),
  );
}

function gelu(x: number): number {
  return (x / 2) * (1 + erf(x / Math.SQRT2));
}

const ACTIVATIONS = { gelu, relu: (x: number): number => Math.max(0, x) };

/** By its power series (Abramowitz and Stegun 7.1.6), whose terms are all of one sign. */
function erf(x: number): number {
  if (Math.abs(x) > 6) return Math.sign(x);
  let term = x;
  let total = x;
  for (let n = 1; Math.abs(term) > 1e-17 * Math.abs(total); n++) {
    term *= (2 * x * x) / (2 * n + 1);
    total += term;
  }
  return (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x) * total;
}

function sum(a: Row, b: Row): Row {
  return a.map((value, i) => value + (b[i] ?? 0));
}

function dot(a: Row, b: Row): number {
  return a.reduce((total, value, i) => total + value * (b[i] ?? 0), 0);
}

const weights = bertWeights();

function vector(name: string): Float32Array {
  const weight = weights.get(name);
  if (!weight) throw new Error(`no such weight: ${name}`);
  return weight.values;
}

function table(name: string, row: number): Row {
  return [...vector(name).subarray(row * hidden, (row + 1) * hidden)];
}
