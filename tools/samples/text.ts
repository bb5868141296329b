import type { DocumentInput } from '../../src/contract/index.ts';

/** What a collection gives the model for a document of one passage: its text alone. */
export function embeddedText(document: DocumentInput): string {
  return document.text;
}
