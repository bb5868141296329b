/** Weights from a model's files into panels in the engine's memory, a few megabytes at a time. */

import { panelBytes, panelCount, PANEL, type Kernels } from '../../kernels/index.ts';
import type { Crew, Steps } from './crew.ts';
import { checkFinite } from './finite.ts';
import type { Linear, TensorRef } from './graph/model.ts';
import { FLOAT, Layout, type EngineMemory } from './memory.ts';
import type { PackedLinear } from './packed.ts';
import type { PlacedFloats, Placement } from './place.ts';
import { readFloats, readTensorInto, type Sources } from './source.ts';

/** Bytes of a file that are staged at a time; two such areas take turns. */
const STAGE_BYTES = 8 * 2 ** 20;
const PANELS_PER_TASK = 16;

/** Part of a weight, staged: whole panels, or (a dense one stored by inputs) some inputs of all panels. */
export interface PackPiece {
  bits: 4 | 8;
  /** Outputs and inputs in this piece, and inputs of the whole weight. */
  outputs: number;
  inputs: number;
  allInputs: number;
  /** Scales of an output in this piece. */
  blocks: number;
  /** Pointers to what was read; `scales` is 0 for dense weights. */
  data: number;
  scales: number;
  zeros: number;
  /** The floats (scales, or dense weights) are float16. */
  half: 0 | 1;
  transposed: 0 | 1;
  out: number;
  outScales: number;
  outZeros: number;
}

export interface PackJob {
  kind: 'pack';
  pieces: readonly PackPiece[];
}

/** The part of packing that all threads share. */
export function* packPieces(crew: Crew, kernels: Kernels, { pieces }: PackJob): Steps {
  const tasks = pieces.flatMap((piece) => {
    const panels = panelCount(piece.outputs);
    return Array.from({ length: Math.ceil(panels / PANELS_PER_TASK) }, (_, chunk) => {
      const from = chunk * PANELS_PER_TASK;
      return { piece, from, to: Math.min(panels, from + PANELS_PER_TASK) };
    });
  });
  yield* crew.share(tasks.length, (task) => {
    const { piece, from, to } = tasks[task]!;
    packPanels(kernels, piece, from, to);
  });
}

function packPanels(kernels: Kernels, piece: PackPiece, from: number, to: number): void {
  const { bits, outputs, inputs, blocks, data, half, out, outScales } = piece;
  if (piece.scales === 0) {
    const { transposed, allInputs } = piece;
    kernels.packDense(
      ...([data, half, transposed, outputs, inputs, allInputs] as const),
      ...([from, to, out, outScales] as const),
    );
    return;
  }
  kernels.packPanels(bits, data, outputs, inputs, from, to, out);
  kernels.packScales(piece.scales, half, outputs, blocks, from, to, outScales);
  if (piece.zeros) kernels.packZeros(bits, piece.zeros, outputs, blocks, from, to, piece.outZeros);
}

/** Bytes of a tensor that a piece needs, and the field of the piece that points to them. */
interface Read {
  field: 'data' | 'scales' | 'zeros';
  tensor: TensorRef;
  from: number;
  length: number;
}

interface Planned {
  piece: PackPiece;
  reads: readonly Read[];
  bytes: number;
}

/**
 * Reads and packs a whole model. `run` is called once for every few megabytes.
 * Throws `bad-model` where a file ends too early or its scales are no numbers, `out-of-memory`.
 */
export async function packModel(
  placement: Placement,
  memory: EngineMemory,
  sources: Sources,
  run: (job: PackJob) => Promise<void>,
): Promise<void> {
  for (const floats of placement.floats) await writeFloats(memory, sources, floats);
  const groups = grouped(placement.linears.flatMap(({ linear, packed }) => plan(linear, packed)));
  const room = Math.max(...groups.map((group) => sum(group) + STAGE_ALIGN * group.length * 3));
  const areas = [0, 1].map((area) => memory.work(2 * room) + area * room);
  let staged = stage(groups[0] ?? [], areas[0]!, memory, sources);
  for (let i = 0; i < groups.length; i++) {
    const pieces = await staged;
    // Reading goes on while the threads pack.
    const next = stage(groups[i + 1] ?? [], areas[(i + 1) % 2]!, memory, sources);
    await Promise.all([run({ kind: 'pack', pieces }), next]);
    staged = next;
  }
  for (const { packed } of placement.linears) checkFinite(scalesOf(packed, memory));
}

function scalesOf(
  { outputs, inputs, block, scales }: PackedLinear,
  { memory }: EngineMemory,
): Float32Array {
  const count = panelCount(outputs) * PANEL * (inputs / block);
  return new Float32Array(memory.buffer, scales, count);
}

/** What a tensor's place may be moved by to lie on a cache line. */
const STAGE_ALIGN = 64;

async function stage(
  group: readonly Planned[],
  area: number,
  { memory }: EngineMemory,
  sources: Sources,
): Promise<PackPiece[]> {
  const layout = new Layout(area);
  return Promise.all(
    group.map(async ({ piece, reads }) => {
      const pointers: Partial<Record<Read['field'], number>> = {};
      await Promise.all(
        reads.map(async ({ field, tensor, from, length }) => {
          const at = layout.place(length);
          pointers[field] = at;
          await readTensorInto(sources, tensor, from, new Uint8Array(memory.buffer, at, length));
        }),
      );
      return { ...piece, ...pointers };
    }),
  );
}

function grouped(pieces: readonly Planned[]): Planned[][] {
  const groups: Planned[][] = [];
  let bytes = Infinity;
  for (const piece of pieces) {
    if (bytes + piece.bytes > STAGE_BYTES) {
      groups.push([]);
      bytes = 0;
    }
    groups.at(-1)!.push(piece);
    bytes += piece.bytes;
  }
  return groups;
}

function sum(group: readonly Planned[]): number {
  return group.reduce((bytes, piece) => bytes + piece.bytes, 0);
}

function plan(linear: Linear, packed: PackedLinear): Planned[] {
  const { weight } = linear;
  return weight.kind === 'dense' && weight.transposed
    ? byInputs(linear, packed, weight.data)
    : byOutputs(linear, packed);
}

/** Slices of whole panels. */
function byOutputs({ weight, outputs, inputs }: Linear, packed: PackedLinear): Planned[] {
  const { bits, block } = packed;
  const blocks = inputs / block;
  const fields: { field: Read['field']; tensor: TensorRef; row: number }[] = [
    { field: 'data', tensor: weight.data, row: weight.data.length / outputs },
  ];
  if (weight.kind === 'blocks') {
    const { scales, zeros } = weight;
    fields.push({ field: 'scales', tensor: scales, row: scales.length / outputs });
    if (zeros) fields.push({ field: 'zeros', tensor: zeros, row: zeros.length / outputs });
  }
  const bytesPerRow = fields.reduce((bytes, { row }) => bytes + row, 0);
  const step = Math.max(1, Math.floor(STAGE_BYTES / bytesPerRow / PANEL)) * PANEL;
  return ranges(outputs, step).map(([from, count]) => ({
    bytes: bytesPerRow * count,
    reads: fields.map(({ row, ...read }) => ({ ...read, from: from * row, length: count * row })),
    piece: {
      ...{ bits, inputs, blocks, outputs: count, allInputs: inputs, transposed: 0 },
      ...{
        data: 0,
        scales: 0,
        zeros: 0,
        half: isHalf(weight),
        outZeros: packed.zeros + from * blocks,
      },
      out: packed.weights + (from / PANEL) * panelBytes(bits, inputs),
      outScales: packed.scales + from * blocks * FLOAT,
    },
  }));
}

/** Slices of a dense weight that is stored by inputs: whole blocks of them. */
function byInputs({ outputs, inputs }: Linear, packed: PackedLinear, data: TensorRef): Planned[] {
  const { bits, block } = packed;
  const bytesPerInput = data.length / inputs;
  const step = Math.max(1, Math.floor(STAGE_BYTES / bytesPerInput / block)) * block;
  return ranges(inputs, step).map(([from, count]) => ({
    bytes: bytesPerInput * count,
    reads: [
      { field: 'data', tensor: data, from: from * bytesPerInput, length: count * bytesPerInput },
    ],
    piece: {
      ...{ bits, outputs, inputs: count, allInputs: inputs, blocks: count / block, transposed: 1 },
      ...{ data: 0, scales: 0, zeros: 0, half: data.dtype === 'float16' ? 1 : 0, outZeros: 0 },
      // A panel holds the outputs of an input, and the scales of a block, side by side (src/kernels).
      out: packed.weights + from * PANEL,
      outScales: packed.scales + from,
    },
  }));
}

function isHalf(weight: Linear['weight']): 0 | 1 {
  const floats = weight.kind === 'blocks' ? weight.scales : weight.data;
  return floats.dtype === 'float16' ? 1 : 0;
}

function ranges(total: number, step: number): [from: number, count: number][] {
  const count = Math.ceil(total / step);
  return Array.from({ length: count }, (_, i) => [i * step, Math.min(step, total - i * step)]);
}

async function writeFloats(
  { memory }: EngineMemory,
  sources: Sources,
  { tensor, at, count }: PlacedFloats,
): Promise<void> {
  const size = tensor.dtype === 'float16' ? 2 : 4;
  const part = { ...tensor, length: Math.min(tensor.length, count * size) };
  const values = await readFloats(sources, part);
  checkFinite(values);
  new Float32Array(memory.buffer, at, values.length).set(values);
}
