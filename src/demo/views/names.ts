import type { EmbedderInfo, SearchMode } from '../../index.ts';

const NAMES: Readonly<Record<string, string>> = {
  starter: 'the starter',
  'qwen3-embedding-0.6b': 'Qwen3-Embedding-0.6B',
};

export const MODE_NAMES: Readonly<Record<SearchMode, string>> = {
  hybrid: 'Meaning and words',
  vector: 'Meaning',
  lexical: 'Words',
};

export function modelName(id: string): string {
  return NAMES[id] ?? id;
}

export function deviceName({ device, threads }: EmbedderInfo): string {
  if (device === 'webgpu') return 'WebGPU';
  return threads > 1 ? `WASM with ${threads} threads` : 'WASM with one thread';
}
