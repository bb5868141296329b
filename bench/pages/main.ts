/** Loads one side alone, so that its start and its memory are its own: `?side=ours`. */

import type { Contestant } from './contestant.ts';

const SIDES: Readonly<Record<string, () => Promise<{ contestant: Contestant }>>> = {
  ours: () => import('./ours.ts'),
  'transformers.js': () => import('./rival.ts'),
  wllama: () => import('./llama.ts'),
};

const side = new URLSearchParams(location.search).get('side') ?? '';
const { contestant } = await SIDES[side]!();
globalThis.contestants = { [side]: contestant };
