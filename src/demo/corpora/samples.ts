/** Sample corpora: documents and the vectors that `npm run samples` made of them. */

import type { DocumentInput, EmbeddedRows } from '../../index.ts';
import { SAMPLE_FILES } from './files.ts';
import type { SampleId } from './corpora.ts';
import { fromFloat16 } from './float16.ts';

export interface Sample {
  documents: readonly DocumentInput[];
  vectors: EmbeddedRows;
}

interface SampleFile {
  model: string;
  revision: string;
  dimensions: number;
  rows: number;
  documents: readonly DocumentInput[];
}

export async function fetchDocuments(id: SampleId): Promise<SampleFile> {
  const response = await get(SAMPLE_FILES[id].documents);
  return (await response.json()) as SampleFile;
}

export async function fetchSample(id: SampleId): Promise<Sample> {
  const [file, vectors] = await Promise.all([fetchDocuments(id), get(SAMPLE_FILES[id].vectors)]);
  const { model, revision, dimensions, rows, documents } = file;
  const halves = new Uint16Array(await vectors.arrayBuffer());
  if (halves.length !== rows * dimensions) throw new Error(`The vectors of ${id} are incomplete.`);
  const data = normaliseRows(fromFloat16(halves), dimensions);
  return { documents, vectors: { data, model, revision, dimensions } };
}

/** A collection's name changes with its content, so that a new release installs its own. */
export function sampleVersion(id: SampleId): string {
  return SAMPLE_FILES[id].vectors.replace(/^.*-(\w+)\.f16$/, '$1');
}

async function get(path: string): Promise<Response> {
  const response = await fetch(new URL(path, document.baseURI));
  if (!response.ok) throw new Error(`${path} answered with ${response.status}.`);
  return response;
}

/** Half precision moves a row's norm by up to 1e-4. */
function normaliseRows(data: Float32Array, dimensions: number): Float32Array {
  for (let start = 0; start < data.length; start += dimensions) {
    const row = data.subarray(start, start + dimensions);
    let sum = 0;
    for (const value of row) sum += value * value;
    const scale = 1 / Math.sqrt(sum);
    for (let i = 0; i < dimensions; i++) row[i] = (row[i] ?? 0) * scale;
  }
  return data;
}
