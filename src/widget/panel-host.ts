/** What the shell and the open search know of each other. */

import type { EmbedderOptions, SiteIndex } from '../contract/index.ts';
import type { Emit } from './events.ts';
import type { Frame } from './frame.ts';
import type { Settings } from './settings.ts';
import type { Language } from './strings/shell.ts';
import type { WidgetStrings } from './strings/wording.ts';

/** How the index's own model is loaded, where its defaults do not do. */
export type ModelLoadOptions = Pick<
  EmbedderOptions,
  'device' | 'dtype' | 'hubUrl' | 'modelsUrl' | 'workerUrl' | 'threads'
>;

export interface PanelHost {
  readonly root: ShadowRoot;
  readonly frame: Frame;
  readonly settings: Settings;
  readonly language: Language;
  /** In place of those of the language. */
  readonly strings: Partial<WidgetStrings>;
  /** An index that the page has opened; its owner closes it. */
  readonly site: SiteIndex | undefined;
  readonly modelOptions: ModelLoadOptions;
  readonly emit: Emit;
}

/** The open search. */
export interface Panel {
  shown(): void;
  hidden(): void;
  dispose(): void;
}
