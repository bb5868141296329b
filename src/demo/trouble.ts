/** What went wrong, as a person wants to read it: what it means and what to do. */

import { NearfieldError, type ErrorCode } from '../index.ts';

export interface Trouble {
  /** What it happened to, where that is not plain. */
  about?: string;
  code: ErrorCode;
  title: string;
  advice: string;
  /** The message of the error itself. */
  detail: string;
}

const WORDS: Readonly<Partial<Record<ErrorCode, readonly [title: string, advice: string]>>> = {
  'model-not-found': [
    'The model could not be found',
    'Its address answered with nothing. Check that the site was deployed with its models folder, or choose another model.',
  ],
  'download-failed': [
    'The download did not finish',
    'Check your connection and try again: it goes on where it stopped.',
  ],
  integrity: [
    'A downloaded file is not the expected one',
    'It was thrown away. Try again; if it happens twice, a proxy on your network may be changing files.',
  ],
  'bad-model': ['This model file is damaged', 'Delete stored models below, then load it again.'],
  'unsupported-model': [
    'This device cannot run the model',
    'Choose another device, or the starter, which runs everywhere.',
  ],
  'out-of-memory': [
    'There is not enough memory',
    'Close other tabs, or use the starter, which needs about half a gigabyte.',
  ],
  'no-webgpu': [
    'WebGPU is not available here',
    'Choose “Auto” or “WASM”: slower, with the same results.',
  ],
  'self-test-failed': [
    'This device computes wrong vectors',
    'A known text did not give the known answer, so its results are not used. Choose “WASM”.',
  ],
  'device-lost': ['The graphics device went away', 'Try again: it starts afresh.'],
  'worker-crashed': ['The engine stopped', 'Try again: it starts afresh.'],
  storage: [
    'The browser’s storage failed',
    'Private windows and blocked site data are the usual reasons. Searching still works until you close the tab.',
  ],
  quota: ['The browser’s storage is full', 'Free some space, or delete stored data below.'],
  'incompatible-index': [
    'These documents were embedded with another model',
    'Embed them again, or go back to the model they were made with.',
  ],
  'bad-input': ['This text cannot be used', 'See the detail below.'],
};

const FALLBACK = ['Something went wrong', 'Try again; reload the page if it stays.'] as const;

export function troubleOf(error: unknown): Trouble {
  const code = error instanceof NearfieldError ? error.code : 'internal';
  const [title, advice] = WORDS[code] ?? FALLBACK;
  return { code, title, advice, detail: error instanceof Error ? error.message : String(error) };
}

export function isAbort(error: unknown): boolean {
  return error instanceof Error && error.name === 'AbortError';
}
