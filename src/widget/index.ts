/** Defines `<nearfield-search>`; importing it is enough. */

import { NearfieldSearch } from './element.ts';

export { NearfieldSearch } from './element.ts';
export type {
  ErrorDetail,
  NearfieldSearchEventMap,
  ProgressDetail,
  ReadyDetail,
  ResultsDetail,
  SelectDetail,
} from './events.ts';
export type { ModelLoadOptions } from './panel-host.ts';
export type { WidgetStrings } from './strings/wording.ts';

declare global {
  interface HTMLElementTagNameMap {
    'nearfield-search': NearfieldSearch;
  }
}

const NAME = 'nearfield-search';

// Two copies of the script on one page are one too many, but no reason to fail.
if (globalThis.customElements && !customElements.get(NAME)) {
  customElements.define(NAME, NearfieldSearch);
}
