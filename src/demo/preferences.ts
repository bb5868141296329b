/** How the page was asked to open: by its address, or by what was chosen last time. */

import type { DeviceChoice, SearchMode } from '../index.ts';
import { isCorpusId, type CorpusId } from './corpora/corpora.ts';
import { recall, remember } from './memory.ts';
import { MODELS, type ModelId } from './models.ts';

const DEVICE_KEY = 'device';
const DEVICES: readonly DeviceChoice[] = ['auto', 'webgpu', 'wasm'];
const MODE_KEY = 'mode';
const MODES: readonly SearchMode[] = ['hybrid', 'vector', 'lexical'];

export interface Opening {
  model: ModelId;
  device: DeviceChoice;
  corpus: CorpusId;
  mode: SearchMode;
  query: string;
}

/** `?q=…&in=wordnet&mode=lexical&model=starter&device=wasm`; what is missing or unknown takes its default. */
export function opening(search: string): Opening {
  const parameters = new URLSearchParams(search);
  const corpus = parameters.get('in');
  const model = parameters.get('model');
  const device = parameters.get('device') ?? recall(DEVICE_KEY);
  const mode = parameters.get('mode') ?? recall(MODE_KEY);
  return {
    model: MODELS.find((id) => id === model) ?? 'starter',
    device: DEVICES.find((choice) => choice === device) ?? 'auto',
    corpus: isCorpusId(corpus) ? corpus : 'udhr',
    mode: MODES.find((known) => known === mode) ?? 'hybrid',
    query: parameters.get('q') ?? '',
  };
}

export function rememberDevice(device: DeviceChoice): void {
  remember(DEVICE_KEY, device);
}

export function rememberMode(mode: SearchMode): void {
  remember(MODE_KEY, mode);
}

/** Network Information API: Chromium only, and not in TypeScript's library. */
export function savesData(): boolean {
  const { connection } = navigator as { connection?: { saveData?: boolean } };
  return connection?.saveData === true;
}
