/** The bytes of a graph's tensors, a megabyte or so at a time. */

import { FLOAT16, type OnnxTensor } from '../../src/onnx/index.ts';
import { toHalves } from '../test-models/half.ts';
import { rotaryTable } from '../test-models/rope.ts';
import type { QwenConfig } from '../test-models/seeded.ts';
import { BLOCK, normValues, SeededBlocks } from './values.ts';

/** Blocks made at a time: 1 MB of codes, 8 MB as float32. */
const PIECE = 65_536;
const TABLE = 'model.embed_tokens.weight';
/** int4 of GatherBlockQuantized is two's complement, which is the offset code with its top bit turned. */
const TURN_TOP_BITS = 0x88;

/** Initializer names are those of tools/test-models/mhaGraph.ts. */
export function* tensorBytes(tensor: OnnxTensor, config: QwenConfig): Generator<Uint8Array> {
  if (tensor.rawData) {
    yield tensor.rawData;
    return;
  }
  const [, base = '', part] = /^(.*?)(?:_(Q4|scales))?$/.exec(tensor.name) ?? [];
  const half = tensor.dataType === FLOAT16;
  const plain = part === undefined ? smallTensor(tensor, config) : undefined;
  if (plain) {
    yield bytesOf(plain, half);
    return;
  }
  const blocks = seededBlocks(base, config);
  const count = blockCount(tensor, part);
  for (let first = 0; first < count; first += PIECE) {
    const size = Math.min(PIECE, count - first);
    if (part === 'Q4') yield codesOf(blocks, first, size, base === TABLE);
    else if (part === 'scales') yield bytesOf(blocks.scales(first, size), half);
    else yield bytesOf(blocks.values(first, size), half);
  }
}

/**
 * The weights of a matrix, by its name in the graph. The deviations keep a normed state's width
 * through a layer and add a little to the residual stream, so that nothing grows or dies away.
 */
export function seededBlocks(name: string, config: QwenConfig): SeededBlocks {
  const { hidden_size: hidden, intermediate_size: ffn } = config;
  if (name === TABLE) return new SeededBlocks(name, 1);
  if (name.includes('down_proj')) return new SeededBlocks(name, 0.5 / Math.sqrt(ffn));
  if (!name.includes('o_proj')) return new SeededBlocks(name, 1 / Math.sqrt(hidden));
  return new SeededBlocks(name, 0.5 / Math.sqrt(config.num_attention_heads * config.head_dim));
}

function smallTensor({ name, dims }: OnnxTensor, config: QwenConfig): Float32Array | undefined {
  if (name === 'cos_cache') return rotaryTable(Math.cos, config);
  if (name === 'sin_cache') return rotaryTable(Math.sin, config);
  return name.endsWith('norm.weight') ? normValues(name, dims[0] ?? 0) : undefined;
}

function blockCount({ dims }: OnnxTensor, part: string | undefined): number {
  const elements = dims.reduce((product, dim) => product * dim, 1);
  if (part === 'scales') return elements;
  // MatMulNBits counts bytes, two weights each; everything else weights.
  return dims.length === 3 ? (elements * 2) / BLOCK : elements / BLOCK;
}

function codesOf(blocks: SeededBlocks, first: number, size: number, turn: boolean): Uint8Array {
  const codes = blocks.codes(first, size);
  return turn ? codes.map((byte) => byte ^ TURN_TOP_BITS) : codes;
}

function bytesOf(values: Float32Array, half: boolean): Uint8Array {
  return new Uint8Array((half ? toHalves(values) : values).buffer as ArrayBuffer);
}
