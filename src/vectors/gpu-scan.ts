/** The scan of sign bits on a WebGPU device, over a copy of what it scans. */

import { SEGMENT_ROWS } from '../kernels/index.ts';
import type { Scanned } from './bit-scan.ts';
import { MAX_FRAMES } from './frames.ts';
import { GROUP_ROWS, scanShader } from './gpu-shader.ts';
import { slopeOf, type FramedQuery } from './query.ts';
import type { Space } from './space.ts';

/** Rows of a part, where the device's limits allow: 16 MiB of heads. Growing adds parts and moves nothing. */
const PART_ROWS = 2 ** 18;

/** First row, number of frames, two that align; then for each frame its first row, and four words of slope. */
const UNIFORM_WORDS = 4 + MAX_FRAMES + 4 * MAX_FRAMES;

const LEAN_BYTES = Int16Array.BYTES_PER_ELEMENT;

/** What may go wrong with a command; of these, the device tells only who asks. */
const FAULTS = ['validation', 'out-of-memory', 'internal'] as const;

/** Rows that lie together on the device. */
interface Part {
  codes: GPUBuffer;
  leans: GPUBuffer;
  asked: GPUBuffer;
  distances: GPUBuffer;
  uniform: GPUBuffer;
  /** Where distances are read. */
  read: GPUBuffer;
  bindings: GPUBindGroup;
}

/** A part as a search uses it. */
interface Used {
  part: Part;
  first: number;
  rows: number;
  /** Workgroups: their rows past the last one are asked for by nobody, see `maskOf`. */
  groups: number;
}

/** One search at a time. Whatever it throws, the device is of no use any more. */
export class GpuScan {
  /** Of a row, as BitScan says. */
  readonly #rowBytes: number;
  readonly #space: Space;
  readonly #device: GPUDevice;
  readonly #pipeline: GPUComputePipeline;
  readonly #partRows: number;
  readonly #parts: Part[] = [];
  readonly #buffers = new Set<GPUBuffer>();
  readonly #queries: GPUBuffer;
  readonly #counts: GPUBuffer;
  readonly #countsRead: GPUBuffer;
  /** Rows whose codes are on the device. */
  #uploaded = 0;

  private constructor(
    space: Space,
    device: GPUDevice,
    rowBytes: number,
    pipeline: GPUComputePipeline,
  ) {
    this.#space = space;
    this.#device = device;
    this.#pipeline = pipeline;
    this.#rowBytes = rowBytes;
    this.#partRows = partRowsOf(device.limits, rowBytes);
    const { STORAGE, COPY_DST, COPY_SRC, MAP_READ } = GPUBufferUsage;
    const countsBytes = MAX_FRAMES * this.#bins * 4;
    this.#queries = this.#buffer(MAX_FRAMES * rowBytes, STORAGE | COPY_DST);
    this.#counts = this.#buffer(countsBytes, STORAGE | COPY_SRC | COPY_DST);
    this.#countsRead = this.#buffer(countsBytes, MAP_READ | COPY_DST);
  }

  /** @param rowBytes of a row that are scanned */
  static async open(space: Space, device: GPUDevice, rowBytes: number): Promise<GpuScan> {
    const module = device.createShaderModule({ code: scanShader(rowBytes) });
    const compute = { module, entryPoint: 'scan' };
    const pipeline = await device.createComputePipelineAsync({ layout: 'auto', compute });
    return new GpuScan(space, device, rowBytes, pipeline);
  }

  /** Bytes of the device's memory. */
  get bytes(): number {
    return [...this.#buffers].reduce((sum, { size }) => sum + size, 0);
  }

  /** The rows from `row` on are others now. */
  forget(row: number): void {
    this.#uploaded = Math.min(this.#uploaded, row);
  }

  /** What `scanBits` would find. @param mask byte offset in a segment, of bits that are read at once */
  async scan(rows: number, queries: readonly FramedQuery[], mask: number): Promise<Scanned> {
    for (const fault of FAULTS) this.#device.pushErrorScope(fault);
    const used = this.#use(rows);
    this.#upload(rows);
    this.#writeQuery(used, queries, maskOf(this.#space, rows, mask));
    this.#submit(used);
    const faults = FAULTS.map(async () => {
      const error = await this.#device.popErrorScope();
      if (error) throw new Error(error.message);
    });
    await Promise.all([
      ...faults,
      this.#countsRead.mapAsync(GPUMapMode.READ),
      ...used.map(({ part, groups }) => part.read.mapAsync(GPUMapMode.READ, 0, bytesOf(groups))),
    ]);
    return { counts: this.#readCounts(queries.length), distances: readDistances(used, rows) };
  }

  close(): void {
    for (const buffer of this.#buffers) buffer.destroy();
    this.#buffers.clear();
  }

  get #bins(): number {
    return 8 * this.#rowBytes + 1;
  }

  /** The parts that so many rows take, new ones where there are too few. */
  #use(rows: number): Used[] {
    const size = this.#partRows;
    return Array.from({ length: Math.ceil(rows / size) }, (_, i) => {
      const part = (this.#parts[i] ??= this.#newPart());
      const count = Math.min(rows - i * size, size);
      return { part, first: i * size, rows: count, groups: Math.ceil(count / GROUP_ROWS) };
    });
  }

  #newPart(): Part {
    const { STORAGE, UNIFORM, COPY_DST, COPY_SRC, MAP_READ } = GPUBufferUsage;
    const rows = this.#partRows;
    const codes = this.#buffer(rows * this.#rowBytes, STORAGE | COPY_DST);
    const leans = this.#buffer(rows * LEAN_BYTES, STORAGE | COPY_DST);
    const asked = this.#buffer(rows / 8, STORAGE | COPY_DST);
    const distances = this.#buffer(rows * 2, STORAGE | COPY_SRC);
    const read = this.#buffer(rows * 2, MAP_READ | COPY_DST);
    const uniform = this.#buffer(UNIFORM_WORDS * 4, UNIFORM | COPY_DST);
    const bound = [uniform, codes, asked, distances, this.#queries, this.#counts, leans];
    const bindings = this.#device.createBindGroup({
      layout: this.#pipeline.getBindGroupLayout(0),
      entries: bound.map((buffer, binding) => ({ binding, resource: { buffer } })),
    });
    return { codes, leans, asked, distances, uniform, read, bindings };
  }

  #buffer(size: number, usage: GPUBufferUsageFlags): GPUBuffer {
    const buffer = this.#device.createBuffer({ size, usage });
    this.#buffers.add(buffer);
    return buffer;
  }

  /** Codes and leans of the rows that are new, segment by segment. */
  #upload(rows: number): void {
    const space = this.#space;
    space.derive(rows);
    const { heads, bits, leans } = space.layout;
    const codes = this.#rowBytes < space.width / 8 ? heads : bits;
    // In twos: a buffer is written in words, of which two leans make one.
    const end = rows + (rows % 2);
    for (let row = this.#uploaded - (this.#uploaded % 2); row < end;) {
      const inSegment = row % SEGMENT_ROWS;
      const count = Math.min(end - row, SEGMENT_ROWS - inSegment);
      const part = this.#parts[Math.floor(row / this.#partRows)]!;
      const copy = (buffer: GPUBuffer, offset: number, size: number): void => {
        const at = space.segmentAt(row) + offset + inSegment * size;
        const values = space.bytes.subarray(at, at + count * size);
        this.#write(buffer, values, (row % this.#partRows) * size);
      };
      copy(part.codes, codes, this.#rowBytes);
      copy(part.leans, leans, LEAN_BYTES);
      row += count;
    }
    this.#uploaded = rows;
  }

  #writeQuery(used: readonly Used[], queries: readonly FramedQuery[], asked: Uint32Array): void {
    for (const [frame, { bits }] of queries.entries()) {
      this.#write(this.#queries, bits.subarray(0, this.#rowBytes), frame * this.#rowBytes);
    }
    const uniform = new Uint32Array(UNIFORM_WORDS);
    uniform.set([queries.length], 1);
    uniform.set(
      queries.map(({ frame }) => frame.start),
      4,
    );
    const slopes = new Int32Array(uniform.buffer, 4 * (4 + MAX_FRAMES));
    for (const [i, query] of queries.entries())
      slopes.set(slopeOf(query, 8 * this.#rowBytes), 4 * i);
    for (const { part, first } of used) {
      uniform.set([first]);
      this.#write(part.uniform, uniform);
      this.#write(part.asked, asked.subarray(first / 32, (first + this.#partRows) / 32));
    }
  }

  #write(buffer: GPUBuffer, values: Uint8Array | Uint32Array, at = 0): void {
    this.#device.queue.writeBuffer(buffer, at, values as GPUAllowSharedBufferSource);
  }

  #submit(used: readonly Used[]): void {
    const encoder = this.#device.createCommandEncoder();
    encoder.clearBuffer(this.#counts);
    const pass = encoder.beginComputePass();
    pass.setPipeline(this.#pipeline);
    for (const { part, groups } of used) {
      pass.setBindGroup(0, part.bindings);
      pass.dispatchWorkgroups(groups);
    }
    pass.end();
    encoder.copyBufferToBuffer(this.#counts, 0, this.#countsRead, 0, this.#counts.size);
    for (const { part, groups } of used) {
      encoder.copyBufferToBuffer(part.distances, 0, part.read, 0, bytesOf(groups));
    }
    this.#device.queue.submit([encoder.finish()]);
  }

  #readCounts(frames: number): Uint32Array[] {
    const all = new Uint32Array(this.#countsRead.getMappedRange());
    const bins = this.#bins;
    const counts = Array.from({ length: frames }, (_, frame) =>
      all.slice(frame * bins, (frame + 1) * bins),
    );
    this.#countsRead.unmap();
    return counts;
  }
}

function readDistances(used: readonly Used[], all: number): Uint16Array {
  const distances = new Uint16Array(all);
  for (const { part, first, rows, groups } of used) {
    const read = new Uint16Array(part.read.getMappedRange(0, bytesOf(groups)));
    distances.set(read.subarray(0, rows), first);
    part.read.unmap();
  }
  return distances;
}

/** Of the distances that workgroups write. */
function bytesOf(groups: number): number {
  return groups * GROUP_ROWS * Uint16Array.BYTES_PER_ELEMENT;
}

/** Most rows of a part: whole segments that every buffer of it has room for. */
function partRowsOf(
  { maxStorageBufferBindingSize, maxBufferSize }: GPUSupportedLimits,
  rowBytes: number,
): number {
  const most = Math.floor(Math.min(maxStorageBufferBindingSize, maxBufferSize) / rowBytes);
  const rows = Math.min(PART_ROWS, most - (most % SEGMENT_ROWS));
  if (rows === 0) throw new Error(`The device has no room for ${SEGMENT_ROWS} x ${rowBytes} bytes`);
  return rows;
}

/** The bits of all segments, end to end. Those past the last row are 0. */
function maskOf(space: Space, rows: number, mask: number): Uint32Array<ArrayBuffer> {
  const words = new Uint32Array((Math.ceil(rows / SEGMENT_ROWS) * SEGMENT_ROWS) / 32);
  for (let row = 0; row < rows; row += SEGMENT_ROWS) {
    const at = (space.segmentAt(row) + mask) / 4;
    words.set(space.words.subarray(at, at + SEGMENT_ROWS / 32), row / 32);
  }
  return words;
}
