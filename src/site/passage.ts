/** What a site's index is made of: pieces of its pages. */

import type { Metadata } from '../contract/index.ts';

export interface SitePassage {
  /** Of its page, as links name it. */
  url: string;
  /** Of its page. */
  title: string;
  /** Of the sections it lies in, the outermost first. @default none */
  headings?: readonly string[];
  /** What `url#anchor` leads to; empty or absent for the top of the page. */
  anchor?: string;
  text: string;
  /** BCP 47 tag. @default what the script of the text tells */
  language?: string;
  /** Where it begins in the text of its page, in UTF-16 units. @default 0 */
  start?: number;
  /** What its scores are multiplied with, above 0. @default 1 */
  weight?: number;
  /** What filters ask for. @default none */
  metadata?: Metadata;
}

/** What is found by words: titles and headings belong to each passage below them. */
export function indexedText({ title, headings = [], text }: SitePassage): string {
  return [title, ...headings, text].join('\n');
}
