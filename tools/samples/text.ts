import { cutPassages, passageInput } from '../../src/passages/index.ts';
import type { DocumentInput } from '../../src/contract/index.ts';

/** What a collection gives the model for a document of one passage. */
export function embeddedText({ id, title, text }: DocumentInput): string {
  const [passage, ...more] = cutPassages(text);
  if (!passage || more.length > 0) throw new Error(`${id} does not fit one passage.`);
  return passageInput(passage.text, title);
}
