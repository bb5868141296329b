import type { AttentionKernels } from '../types.ts';
import { floats, WORD } from './views.ts';

export function attentionTwin(memory: WebAssembly.Memory): AttentionKernels {
  const rowsOf = (at: number, stride: number, count: number, width: number): Float32Array[] =>
    Array.from({ length: count }, (_, row) => floats(memory, at + row * stride * WORD, width));

  return {
    attention(...[q, qStride, queries, firstQuery, prefixK, prefixV, ...rest]) {
      const [prefixStride, prefixCount, k, v, kvStride, keys, headDim, ...last] = rest;
      const [scale, causal, out, outStride] = last;
      const rows = rowsOf(q, qStride, queries, headDim);
      const prefix = { k: prefixK, v: prefixV };
      const own = { k, v };
      const [allKeys, allValues] = (['k', 'v'] as const).map((which) => [
        ...rowsOf(prefix[which], prefixStride, prefixCount, headDim),
        ...rowsOf(own[which], kvStride, keys, headDim),
      ]);
      const results = rows.map((query, i) => {
        const seen = prefixCount + (causal ? Math.min(firstQuery + i + 1, keys) : keys);
        return attend(query, allKeys!.slice(0, seen), allValues!, scale);
      });
      results.forEach((result, i) => {
        floats(memory, out + i * outStride * WORD, headDim).set(result);
      });
    },
  };
}

function attend(
  query: Float32Array,
  keys: readonly Float32Array[],
  values: readonly Float32Array[],
  scale: number,
): Float64Array {
  const scores = keys.map(
    (key) => scale * query.reduce((sum, value, i) => sum + value * key[i]!, 0),
  );
  const max = Math.max(...scores);
  const weights = scores.map((score) => Math.exp(score - max));
  const sum = weights.reduce((a, b) => a + b, 0);
  const mixed = new Float64Array(query.length);
  weights.forEach((weight, j) => {
    for (let i = 0; i < mixed.length; i++) mixed[i]! += (weight / sum) * values[j]![i]!;
  });
  return mixed;
}
