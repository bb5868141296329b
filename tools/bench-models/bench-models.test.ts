import { mkdtemp, open, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readModel, storedBytes, type OnnxTensor } from '../../src/onnx/index.ts';
import { fromHalfBits, roundToHalf } from '../test-models/half.ts';
import { mhaModel } from '../test-models/mhaGraph.ts';
import type { MhaStorage } from '../test-models/mhaWeights.ts';
import { embedBatch, openSession } from '../test-models/run.ts';
import { CONFIG, type QwenConfig } from '../test-models/seeded.ts';
import { writeGgufFile } from './gguf.ts';
import { writeOnnxFile } from './onnxFile.ts';
import { seededBlocks, tensorBytes } from './tensors.ts';

const SMALL: QwenConfig = { ...CONFIG, num_hidden_layers: 1, vocab_size: 96 };
const LAYER = 'model.layers.0.mlp.down_proj.MatMul.weight';
const TABLE = 'model.embed_tokens.weight';
const TOKENS = { tokens: ['a', 'b', '<end>'], types: [1, 1, 3], merges: ['a b'], end: 2 };

let folder: string;
beforeAll(async () => void (folder = await mkdtemp(join(tmpdir(), 'nearfield-bench-'))));
afterAll(() => rm(folder, { recursive: true }));

async function writtenOnnx(name: string, storage: MhaStorage): Promise<string> {
  const path = join(folder, `${name}.onnx`);
  const file = await open(path, 'w');
  await writeOnnxFile(file, mhaModel(SMALL, storage), (tensor) => tensorBytes(tensor, SMALL));
  await file.close();
  return path;
}

async function tensorsOf(path: string): Promise<Map<string, OnnxTensor>> {
  const { graph } = readModel(await readFile(path));
  return new Map(graph.initializers.map((tensor) => [tensor.name, tensor]));
}

const IDS = [[5, 17, 90, 3], [64]];

describe('an ONNX file written as its weights are made', () => {
  const storages = {
    dense: {},
    q4: { linear4: true },
    'q4 with a 4-bit table': { linear4: true, table4: true },
    q4f16: { linear4: true, half: true },
  } as const;

  it.each(Object.entries(storages))('holds every tensor whole: %s', async (name, storage) => {
    const tensors = await tensorsOf(await writtenOnnx(name, storage));
    expect(tensors.size).toBeGreaterThan(10);
    for (const { dataType, dims, rawData } of tensors.values()) {
      expect(rawData?.length).toBe(storedBytes(dataType, dims));
    }
  });

  it('is one model, whatever the format of its table', async () => {
    const paths = [
      await writtenOnnx('table', { linear4: true }),
      await writtenOnnx('table4', { linear4: true, table4: true }),
    ];
    const [plain, packed] = await Promise.all(
      paths.map(async (path) => {
        const session = await openSession(path);
        const rows = await embedBatch(session, IDS, SMALL);
        await session.release();
        return rows.map((row) => Array.from(row));
      }),
    );
    expect(plain?.flat().every(Number.isFinite)).toBe(true);
    expect(packed).toEqual(plain);
  });
});

describe('seeded weights', () => {
  it('lose nothing in float16', () => {
    for (const name of [TABLE, LAYER]) {
      const values = seededBlocks(name, SMALL).values(0, 60);
      expect(values.map(roundToHalf)).toEqual(values);
    }
  });

  it('do not depend on the pieces they are made in', () => {
    const blocks = seededBlocks(LAYER, SMALL);
    const whole = blocks.values(0, 10);
    expect([...blocks.values(0, 3), ...blocks.values(3, 7)]).toEqual([...whole]);
  });
});

describe('the GGUF', () => {
  it('holds the same weights in Q4_0', async () => {
    const path = join(folder, 'model.gguf');
    const file = await open(path, 'w');
    await writeGgufFile(file, SMALL, TOKENS);
    await file.close();
    const bytes = await readFile(path);
    expect(bytes.toString('latin1', 0, 4)).toBe('GGUF');
    // The table comes first; its rows are the first blocks after the padded head.
    const rows = (SMALL.vocab_size * SMALL.hidden_size) / 32;
    const start = bytes.length - weightBytes(SMALL);
    const values = seededBlocks(TABLE, SMALL).values(0, rows);
    for (let block = 0; block < rows; block++) {
      const at = start + block * 18;
      const scale = fromHalfBits(bytes.readUInt16LE(at));
      for (let i = 0; i < 16; i++) {
        const byte = bytes[at + 2 + i]!;
        expect(((byte & 15) - 8) * scale).toBeCloseTo(values[block * 32 + i]!, 12);
        expect(((byte >> 4) - 8) * scale).toBeCloseTo(values[block * 32 + 16 + i]!, 12);
      }
    }
  });
});

/** Of all tensors of a GGUF; every one of these sizes is a multiple of 32. */
function weightBytes(config: QwenConfig): number {
  const { hidden_size: hidden, intermediate_size: ffn, head_dim: head } = config;
  const query = config.num_attention_heads * head;
  const key = config.num_key_value_heads * head;
  const matrices = hidden * (config.vocab_size + 2 * query + 2 * key + 3 * ffn);
  return (matrices / 32) * 18 + (3 * hidden + 2 * head) * 4;
}
