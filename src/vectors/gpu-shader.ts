import { EXCLUDED } from '../kernels/index.ts';
import { MAX_FRAMES } from './frames.ts';

/** Threads that count together, two rows each. */
const THREADS = 256;

/** Rows of a workgroup; segments are multiples of it. */
export const GROUP_ROWS = 2 * THREADS;

/**
 * The kernel `scanBits` of ../kernels/search-types.ts in WGSL, for a part of the rows of all frames. In whole
 * numbers alone, so that every GPU finds the same.
 *
 * Threads of a workgroup count in its own memory, as far as their rows are of its first row's frame, and
 * add that up at the end: additions to one word wait for each other.
 *
 * @param bytes of a row, a multiple of 16
 */
export function scanShader(bytes: number): string {
  return declarations(bytes) + FUNCTIONS;
}

function declarations(bytes: number): string {
  return /* wgsl */ `
    const VECTORS = ${bytes / 16}u;
    const BINS = ${8 * bytes + 1}u;
    const MOST = ${8 * bytes};

    struct Part {
      // Number of its first row.
      first: u32,
      frames: u32,
      // First row of each frame, in fours.
      starts: array<vec4u, ${MAX_FRAMES / 4}>,
      // Of each frame: slope, shift, two that align.
      slopes: array<vec4i, ${MAX_FRAMES}>,
    }

    @group(0) @binding(0) var<uniform> part: Part;
    // [row][VECTORS], [row / 32], [row / 2]: two of 16 bits
    @group(0) @binding(1) var<storage, read> codes: array<vec4u>;
    @group(0) @binding(2) var<storage, read> asked: array<u32>;
    @group(0) @binding(3) var<storage, read_write> distances: array<u32>;
    // [frame][VECTORS], [frame][BINS]
    @group(0) @binding(4) var<storage, read> queries: array<vec4u>;
    @group(0) @binding(5) var<storage, read_write> counts: array<atomic<u32>>;
    // [row / 2]: two int16
    @group(0) @binding(6) var<storage, read> leans: array<u32>;

    var<workgroup> near: array<atomic<u32>, BINS>;
  `;
}

const FUNCTIONS = /* wgsl */ `
    fn frameOf(row: u32) -> u32 {
      var frame = 0u;
      for (var next = 1u; next < part.frames; next++) {
        if (row + part.first >= part.starts[next / 4u][next % 4u]) { frame = next; }
      }
      return frame;
    }

    fn measure(row: u32, groupFrame: u32) -> u32 {
      if (((asked[row / 32u] >> (row % 32u)) & 1u) == 0u) { return ${EXCLUDED}u; }
      let frame = frameOf(row);
      var sums = vec4u();
      for (var i = 0u; i < VECTORS; i++) {
        sums += countOneBits(codes[row * VECTORS + i] ^ queries[frame * VECTORS + i]);
      }
      let lean = extractBits(bitcast<i32>(leans[row / 2u]), 16u * (row % 2u), 16u);
      let slope = part.slopes[frame];
      let differ = i32(sums.x + sums.y + sums.z + sums.w);
      let distance = u32(clamp(differ - ((slope.x * lean + slope.y) >> 16u), 0, MOST));
      if (frame == groupFrame) { atomicAdd(&near[distance], 1u); }
      else { atomicAdd(&counts[frame * BINS + distance], 1u); }
      return distance;
    }

    @compute @workgroup_size(${THREADS})
    fn scan(
      @builtin(workgroup_id) group: vec3u,
      @builtin(local_invocation_index) thread: u32,
    ) {
      let groupFrame = frameOf(group.x * ${GROUP_ROWS}u);
      let pair = group.x * ${THREADS}u + thread;
      let first = measure(2u * pair, groupFrame);
      distances[pair] = first | (measure(2u * pair + 1u, groupFrame) << 16u);
      workgroupBarrier();
      for (var bin = thread; bin < BINS; bin += ${THREADS}u) {
        let count = atomicLoad(&near[bin]);
        if (count > 0u) { atomicAdd(&counts[groupFrame * BINS + bin], count); }
      }
    }
  `;
