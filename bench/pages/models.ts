/** The models of the benchmarks, for rivals that take no recipe from a folder. */

interface BenchModel {
  /** Served beside the page. */
  path: string;
  pooling: 'mean' | 'last_token';
  /** The text with its prompt. */
  prompt(text: string, kind: 'query' | 'document', task?: string): string;
}

export const MODELS = {
  starter: {
    path: 'models/starter',
    pooling: 'mean',
    prompt: (text, kind) => (kind === 'query' ? 'query: ' : 'passage: ') + text,
  },
  /** Seeded, at full size; tools/bench-models writes it. */
  'qwen3-0.6b': {
    path: 'bench-models/qwen3-0.6b',
    pooling: 'last_token',
    prompt: (text, kind, task) => (kind === 'query' ? instructed(text, task) : text),
  },
  /** The same with two of its layers. */
  'qwen3-0.6b-2-layers': {
    path: 'bench-models/qwen3-0.6b-2-layers',
    pooling: 'last_token',
    prompt: (text, kind, task) => (kind === 'query' ? instructed(text, task) : text),
  },
} as const satisfies Record<string, BenchModel>;

export type ModelName = keyof typeof MODELS;

function instructed(text: string, task = ''): string {
  return `Instruct: ${task}\nQuery:${text}`;
}
