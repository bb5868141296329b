/** What `<nearfield-search>` tells the page about: events at the element, which bubble from there. */

import type {
  ErrorCode,
  SiteAnswer,
  SiteInfo,
  SitePageHit,
  SitePassageHit,
} from '../contract/index.ts';

/** The index is open. */
export interface ReadyDetail {
  info: SiteInfo;
}

/** Where a download stands that belongs to a tier; `loaded` and `total` where they are known. */
export interface ProgressDetail {
  tier: 'light' | 'model';
  /** `download` and `prepare` are of the model alone. */
  phase: 'begin' | 'download' | 'prepare' | 'ready' | 'failed' | 'cancelled';
  /** Bytes. */
  loaded?: number;
  /** Bytes. */
  total?: number;
}

/** An answer is on the screen. One query may have two, by words and then by meaning. */
export interface ResultsDetail {
  query: string;
  answer: SiteAnswer;
}

/** A result was chosen; `preventDefault()` keeps the browser from going there. */
export interface SelectDetail {
  query: string;
  /** Absolute. */
  url: string;
  page: SitePageHit;
  /** Absent where the page itself was chosen. */
  passage?: SitePassageHit;
}

export interface ErrorDetail {
  code: ErrorCode;
  message: string;
  /** What was thrown. */
  error: unknown;
}

export interface NearfieldSearchEventMap {
  ready: CustomEvent<ReadyDetail>;
  progress: CustomEvent<ProgressDetail>;
  results: CustomEvent<ResultsDetail>;
  select: CustomEvent<SelectDetail>;
  error: CustomEvent<ErrorDetail>;
}

export interface Details {
  ready: ReadyDetail;
  progress: ProgressDetail;
  results: ResultsDetail;
  select: SelectDetail;
  error: ErrorDetail;
}

/** Dispatches on the element; false where a listener prevented the default. */
export type Emit = <K extends keyof Details>(type: K, detail: Details[K]) => boolean;

export function emitterOf(element: HTMLElement): Emit {
  return (type, detail) =>
    element.dispatchEvent(
      new CustomEvent(type, {
        detail,
        // An error that bubbles is one of the window: error monitors would report it as uncaught.
        bubbles: type !== 'error',
        composed: true,
        cancelable: type === 'select',
      }),
    );
}
