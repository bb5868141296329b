/** Writes one graph with its weights: into a data file beside it, or all in one file. */

import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { storedBytes, writeModel, type OnnxModel, type OnnxTensor } from '../../src/onnx/index.ts';
import { Initializers } from './initializers.ts';
import type { SeededWeights } from './seeded.ts';

export interface GraphFile {
  /** Inside the model's folder. */
  path: string;
  model: OnnxModel;
  /** Name of the data file beside it; left out, the graph file holds the weights. */
  dataFile?: string;
  /** Tensors of up to this many bytes stay in the graph file. */
  inlineUpTo?: number;
}

/** SHA-256 in hex, by path inside the model's folder. */
export type Hashes = Record<string, string>;

export async function writeGraph(
  folder: string,
  file: GraphFile,
  weights: SeededWeights,
): Promise<Hashes> {
  const initializers = new Initializers(file.model.graph, weights);
  const parts: Uint8Array[] = [];
  let offset = 0;
  const place = (tensor: OnnxTensor): OnnxTensor => {
    if (tensor.rawData) return tensor;
    const { name, dims, dataType, rest } = tensor;
    const bytes = initializers.bytesOf(tensor);
    const expected = storedBytes(dataType, dims);
    if (bytes.length !== expected) throw new Error(`${name}: ${bytes.length} of ${expected} bytes`);
    if (file.dataFile === undefined || bytes.length <= (file.inlineUpTo ?? 0)) {
      return { name, dims, dataType, rawData: bytes, rest };
    }
    parts.push(bytes);
    const externalData = { location: file.dataFile, offset, length: bytes.length };
    offset += bytes.length;
    return { name, dims, dataType, externalData, rest };
  };
  const { graph } = file.model;
  const placed = { ...graph, initializers: graph.initializers.map(place) };
  const bytes = writeModel({ ...file.model, graph: placed });
  const hashes = await writeHashed(folder, file.path, bytes);
  if (file.dataFile === undefined) return hashes;
  const dataPath = join(dirname(file.path), file.dataFile);
  return { ...hashes, ...(await writeHashed(folder, dataPath, Buffer.concat(parts))) };
}

export async function writeHashed(
  folder: string,
  path: string,
  content: Uint8Array | string,
): Promise<Hashes> {
  await writeFile(join(folder, path), content);
  return { [path]: createHash('sha256').update(content).digest('hex') };
}
