/** What unsound files are refused with. */

import { NearfieldError } from '../../contract/index.ts';

/** @param what the rest of a sentence: "it …", "expected …" */
export function damaged(name: string, what: string): NearfieldError {
  return new NearfieldError(
    'integrity',
    `The site's index is damaged: ${name}: ${what}. Load the page again; build and upload the index again if that does not help.`,
  );
}
