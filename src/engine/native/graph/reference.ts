/**
 * A forward pass in float64, from the definitions of both families and nothing else: what every
 * faster path is compared with. Test support: seconds for a text.
 */

import type { BertModel, Linear, NativeModel, Norm, Qwen3Model } from './model.ts';
import { linearWeights, readFloats, ReferenceTable, type ReadTensor } from './referenceWeights.ts';

/** One row a token. */
type Rows = Float64Array[];

export class Reference {
  readonly #model: NativeModel;
  readonly #read: ReadTensor;
  readonly #weights = new Map<Linear, Float64Array>();
  readonly #tables = new Map<object, ReferenceTable>();

  /** Dequantised weights are kept, at 8 bytes each. */
  constructor(model: NativeModel, read: ReadTensor) {
    this.#model = model;
    this.#read = read;
  }

  /** The state of the last token, or the mean of all, not normalised. */
  vector(ids: readonly number[], pooling: 'last' | 'mean'): Float64Array {
    const states = this.states(ids);
    const last = states.at(-1)!;
    if (pooling === 'last') return last;
    return last.map((_, i) => states.reduce((sum, row) => sum + row[i]!, 0) / states.length);
  }

  /** The model's output for each token. */
  states(ids: readonly number[]): Rows {
    const model = this.#model;
    return model.family === 'qwen3' ? this.#qwen3(model, ids) : this.#bert(model, ids);
  }

  #qwen3(model: Qwen3Model, ids: readonly number[]): Rows {
    const { heads, kvHeads, headDim, rope } = model;
    const [cos, sin] = [rope.cos, rope.sin].map((ref) => readFloats(this.#read, ref));
    const turn = (x: Float64Array, position: number) => {
      const half = headDim / 2;
      return x.map((value, i) => {
        const at = position * half + (i % half);
        const other = i < half ? -x[i + half]! : x[i - half]!;
        return value * cos![at]! + other * sin![at]!;
      });
    };
    let x = ids.map((id) => this.#table(model.embedding).row(id));
    for (const layer of model.layers) {
      const [qNorm, kNorm] = [this.#rmsNorm(layer.qNorm), this.#rmsNorm(layer.kNorm)];
      const qkv = this.#linears(layer.qkv, x.map(this.#rmsNorm(layer.inputNorm)));
      const part = (first: number, count: number) =>
        Array.from({ length: count }, (_, h) => columns(qkv, (first + h) * headDim, headDim));
      const attended = attention({
        q: part(0, heads).map((rows) => rows.map((row, i) => turn(qNorm(row), i))),
        k: part(heads, kvHeads).map((rows) => rows.map((row, i) => turn(kNorm(row), i))),
        v: part(heads + kvHeads, kvHeads),
        causal: true,
      });
      x = add(x, this.#linears([layer.out], attended));
      const fed = this.#linears(layer.gateUp, x.map(this.#rmsNorm(layer.postNorm)));
      const gated = fed.map((row) =>
        Float64Array.from({ length: model.ffn }, (_, i) => silu(row[i]!) * row[model.ffn + i]!),
      );
      x = add(x, this.#linears([layer.down], gated));
    }
    return x.map(this.#rmsNorm(model.finalNorm));
  }

  #bert(model: BertModel, ids: readonly number[]): Rows {
    const { heads, headDim, positionOffset, typeTable } = model;
    const words = ids.map((id) => this.#table(model.wordTable).row(id));
    const places = ids.map((_, i) => this.#table(model.positionTable).row(positionOffset + i));
    const summed = add(words, places);
    const type = typeTable && this.#table(typeTable).row(0);
    const typed = type ? summed.map((row) => row.map((value, i) => value + type[i]!)) : summed;
    let x = typed.map(this.#layerNorm(model.embeddingNorm));
    for (const layer of model.layers) {
      const qkv = this.#linears(layer.qkv, x);
      const part = (n: number) =>
        Array.from({ length: heads }, (_, h) => columns(qkv, (n * heads + h) * headDim, headDim));
      const attended = attention({ q: part(0), k: part(1), v: part(2), causal: false });
      x = add(x, this.#linears([layer.out], attended)).map(this.#layerNorm(layer.attentionNorm));
      const fed = this.#linears([layer.up], x).map((row) => row.map(gelu));
      x = add(x, this.#linears([layer.down], fed)).map(this.#layerNorm(layer.outputNorm));
    }
    return x;
  }

  /** Their outputs side by side. */
  #linears(linears: readonly Linear[], x: Rows): Rows {
    const parts = linears.map((linear) => this.#linear(linear, x));
    return x.map((_, i) => Float64Array.from(parts.flatMap((rows) => [...rows[i]!])));
  }

  #linear(linear: Linear, x: Rows): Rows {
    const { outputs, inputs, bias } = linear;
    const weights = this.#weights.get(linear) ?? linearWeights(this.#read, linear);
    this.#weights.set(linear, weights);
    const added = bias ? readFloats(this.#read, bias) : new Float64Array(outputs);
    return x.map((row) => {
      const result = added.slice();
      for (let output = 0; output < outputs; output++) {
        let sum = result[output]!;
        const start = output * inputs;
        for (let i = 0; i < inputs; i++) sum += row[i]! * weights[start + i]!;
        result[output] = sum;
      }
      return result;
    });
  }

  #table(table: Qwen3Model['embedding']): ReferenceTable {
    const made = this.#tables.get(table) ?? new ReferenceTable(this.#read, table);
    this.#tables.set(table, made);
    return made;
  }

  #rmsNorm({ weight, eps }: Norm): (x: Float64Array) => Float64Array {
    const weights = readFloats(this.#read, weight);
    return (x) => {
      const size = Math.sqrt(x.reduce((sum, value) => sum + value ** 2, 0) / x.length + eps);
      return x.map((value, i) => (value / size) * weights[i]!);
    };
  }

  #layerNorm({ weight, bias, eps }: Norm): (x: Float64Array) => Float64Array {
    const [weights, added] = [weight, bias!].map((ref) => readFloats(this.#read, ref));
    return (x) => {
      const mean = x.reduce((sum, value) => sum + value, 0) / x.length;
      const variance = x.reduce((sum, value) => sum + (value - mean) ** 2, 0) / x.length;
      return x.map(
        (value, i) => ((value - mean) / Math.sqrt(variance + eps)) * weights![i]! + added![i]!,
      );
    };
  }
}

interface Heads {
  /** Each head's rows. */
  q: readonly Rows[];
  k: readonly Rows[];
  v: readonly Rows[];
  causal: boolean;
}

/** softmax(q k / sqrt(width)) v, the heads' results side by side. */
function attention({ q, k, v, causal }: Heads): Rows {
  const results = q.map((queries, head) => {
    const shared = Math.floor((head * k.length) / q.length);
    const [keys, values] = [k[shared]!, v[shared]!];
    return queries.map((query, i) => {
      const seen = causal ? keys.slice(0, i + 1) : keys;
      const scores = seen.map((key) => dot(query, key) / Math.sqrt(query.length));
      const most = Math.max(...scores);
      const weights = scores.map((score) => Math.exp(score - most));
      const total = weights.reduce((sum, weight) => sum + weight, 0);
      const mixed = new Float64Array(query.length);
      weights.forEach((weight, j) => {
        for (let n = 0; n < mixed.length; n++) mixed[n]! += (weight / total) * values[j]![n]!;
      });
      return mixed;
    });
  });
  return results[0]!.map((_, i) => Float64Array.from(results.flatMap((rows) => [...rows[i]!])));
}

function columns(rows: Rows, start: number, width: number): Rows {
  return rows.map((row) => row.slice(start, start + width));
}

function add(a: Rows, b: Rows): Rows {
  return a.map((row, i) => row.map((value, n) => value + b[i]![n]!));
}

function dot(a: Float64Array, b: Float64Array): number {
  return a.reduce((sum, value, i) => sum + value * b[i]!, 0);
}

function silu(x: number): number {
  return x / (1 + Math.exp(-x));
}

function gelu(x: number): number {
  return 0.5 * x * (1 + erf(x / Math.SQRT2));
}

/** erf(x) = 2 / sqrt(pi) * exp(-x²) * (x + 2 x³ / 3 + 4 x⁵ / 15 + …), all terms of one sign. */
function erf(x: number): number {
  if (Math.abs(x) > 6) return Math.sign(x);
  let term = x;
  let sum = x;
  for (let n = 1; Math.abs(term) > 1e-17 * Math.abs(sum); n++) {
    term *= (2 * x * x) / (2 * n + 1);
    sum += term;
  }
  return (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x) * sum;
}
