/** Where the search shows itself: what the dialog and the field on the page have in common. */

import type { Field } from './field.ts';
import type { ShellStrings } from './strings/shell.ts';

export interface Frame {
  readonly field: Field;
  /** What the open search fills. */
  readonly body: HTMLElement;
  readonly isOpen: boolean;
  show(): void;
  hide(): void;
  focus(): void;
  /** Takes its listeners off what is outside the element. */
  dispose(): void;
}

/** What a frame tells. */
export interface FrameEvents {
  /** Somebody is about to search. */
  onIntent: () => void;
  onShow: () => void;
  onHide: () => void;
}

/** How a frame is made. */
export interface Look {
  strings: ShellStrings;
  placeholder: string;
  /** Names of the keys that open it; undefined for none. */
  keys: readonly string[] | undefined;
  dir: string | undefined;
}
