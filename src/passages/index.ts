/** Cuts texts into passages at the borders that readers see. */

export {
  cutByTokens,
  cutPassages,
  cutSpans,
  DEFAULT_PASSAGE_CHARACTERS,
  MIN_PASSAGE_CHARACTERS,
  passageInput,
} from './passages.ts';
