/** Where each part of a model will lie in the engine's memory, before anything is read. */

import { panelBytes, panelCount, PANEL } from '../../kernels/index.ts';
import { DENSE_BLOCK } from './fits.ts';
import type { BertModel, Linear, NativeModel, Norm, Qwen3Model, TensorRef } from './graph/model.ts';
import { FLOAT, type EngineMemory } from './memory.ts';
import type { PackedBert, PackedLinear, PackedModel, PackedNorm, PackedQwen3 } from './packed.ts';

export interface PlacedLinear {
  linear: Linear;
  packed: PackedLinear;
}

/** A tensor of floats and where it goes as float32. */
export interface PlacedFloats {
  tensor: TensorRef;
  at: number;
  /** Of the tensor's first values; the rest are never needed. */
  count: number;
}

export interface Placement {
  model: PackedModel;
  linears: readonly PlacedLinear[];
  floats: readonly PlacedFloats[];
}

/** Makes room for a model. `maxTokens` bounds the tables of positions. Throws `out-of-memory`. */
export function place(model: NativeModel, memory: EngineMemory, maxTokens: number): Placement {
  return new Placer(memory).place(model, maxTokens);
}

class Placer {
  readonly #memory: EngineMemory;
  readonly #linears: PlacedLinear[] = [];
  readonly #floats: PlacedFloats[] = [];

  constructor(memory: EngineMemory) {
    this.#memory = memory;
  }

  place(model: NativeModel, maxTokens: number): Placement {
    const packed = model.family === 'qwen3' ? this.#qwen3(model, maxTokens) : this.#bert(model);
    return { model: packed, linears: this.#linears, floats: this.#floats };
  }

  #qwen3(model: Qwen3Model, maxTokens: number): PackedQwen3 {
    const { family, hidden, heads, kvHeads, headDim, ffn, rope } = model;
    const rotations = (Math.min(rope.positions, maxTokens) * headDim) / 2;
    return {
      ...{ family, hidden, heads, kvHeads, headDim, ffn },
      layers: model.layers.map((layer) => ({
        inputNorm: this.#norm(layer.inputNorm),
        qkv: layer.qkv.map((linear) => this.#linear(linear)),
        qNorm: this.#norm(layer.qNorm),
        kNorm: this.#norm(layer.kNorm),
        out: this.#linear(layer.out),
        postNorm: this.#norm(layer.postNorm),
        gateUp: layer.gateUp.map((linear) => this.#linear(linear)),
        down: this.#linear(layer.down),
      })),
      finalNorm: this.#norm(model.finalNorm),
      rope: { cos: this.#float(rope.cos, rotations), sin: this.#float(rope.sin, rotations) },
    };
  }

  #bert(model: BertModel): PackedBert {
    const { family, hidden, heads, headDim, ffn } = model;
    return {
      ...{ family, hidden, heads, kvHeads: heads, headDim, ffn },
      embeddingNorm: this.#norm(model.embeddingNorm),
      layers: model.layers.map((layer) => ({
        qkv: layer.qkv.map((linear) => this.#linear(linear)),
        out: this.#linear(layer.out),
        attentionNorm: this.#norm(layer.attentionNorm),
        up: this.#linear(layer.up),
        down: this.#linear(layer.down),
        outputNorm: this.#norm(layer.outputNorm),
      })),
    };
  }

  #linear(linear: Linear): PackedLinear {
    const { outputs, inputs, weight, bias } = linear;
    const { bits, block } =
      weight.kind === 'blocks' ? weight : ({ bits: 8, block: DENSE_BLOCK } as const);
    const panels = panelCount(outputs);
    const scales = panels * PANEL * (inputs / block);
    const hasZeros = weight.kind === 'blocks' && weight.zeros !== undefined;
    const packed: PackedLinear = {
      ...{ outputs, inputs, bits, block },
      weights: this.#memory.keep(panels * panelBytes(bits, inputs)),
      scales: this.#memory.keep(scales * FLOAT),
      zeros: hasZeros ? this.#memory.keep(scales) : 0,
      bias: bias ? this.#float(bias, outputs) : 0,
    };
    this.#linears.push({ linear, packed });
    return packed;
  }

  #norm({ weight, bias, eps }: Norm): PackedNorm {
    return { weight: this.#whole(weight), bias: bias ? this.#whole(bias) : 0, eps };
  }

  #whole(tensor: TensorRef): number {
    return this.#float(
      tensor,
      tensor.dims.reduce((product, dim) => product * dim, 1),
    );
  }

  #float(tensor: TensorRef, count: number): number {
    const at = this.#memory.keep(count * FLOAT);
    this.#floats.push({ tensor, at, count });
    return at;
  }
}
