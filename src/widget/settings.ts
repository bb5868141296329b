/** The element's attributes, read and checked: what is missing or unknown takes its default. */

import { parseUrl } from './links.ts';

export interface Settings {
  /** Folder of the index, absolute, with a slash at its end. */
  index: string;
  mode: 'modal' | 'inline';
  meaning: 'auto' | 'ask' | 'off';
  model: 'off' | 'ask';
  /** Fields to choose by; undefined: those of the index. */
  filters: readonly string[] | undefined;
  /** Pages to show. */
  limit: number;
  recent: boolean;
  /** A copy of the embed worker on the page's own origin. */
  modelWorker: string | undefined;
}

export const DEFAULT_INDEX = '/nearfield/';
export const DEFAULT_HOTKEYS = 'Ctrl+K Cmd+K /';
const DEFAULT_LIMIT = 10;
const MOST = 100;

/** Attributes that properties of the same name reflect; `modelWorker` is written `model-worker`. */
export const ATTRIBUTES = [
  'index',
  'mode',
  'hotkeys',
  'placeholder',
  'theme',
  'meaning',
  'model',
  'modelWorker',
  'filters',
  'limit',
  'recent',
] as const;

export type AttributeName = (typeof ATTRIBUTES)[number];

export function attributeOf(property: string): string {
  return property.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

export function settingsOf(element: Element): Settings {
  const filters = element.getAttribute('filters');
  const limit = Number(element.getAttribute('limit') ?? DEFAULT_LIMIT);
  return {
    index: folderOf(element.getAttribute('index') ?? DEFAULT_INDEX),
    mode: oneOf(element, 'mode', ['modal', 'inline']),
    meaning: oneOf(element, 'meaning', ['auto', 'ask', 'off']),
    model: oneOf(element, 'model', ['off', 'ask']),
    filters: filters === null ? undefined : namesIn(filters),
    limit: Number.isInteger(limit) && limit >= 1 ? Math.min(limit, MOST) : DEFAULT_LIMIT,
    recent: element.getAttribute('recent') !== 'off',
    modelWorker: element.getAttribute('model-worker') ?? undefined,
  };
}

/** The first value is the default. */
function oneOf<T extends string>(element: Element, name: string, values: readonly [T, ...T[]]): T {
  const given = element.getAttribute(name)?.trim().toLowerCase();
  return values.find((value) => value === given) ?? values[0];
}

/** What cannot be an address stays as it is: opening the index says so. */
function folderOf(address: string): string {
  const folder = address.endsWith('/') ? address : `${address}/`;
  return parseUrl(folder, document.baseURI)?.href ?? folder;
}

function namesIn(list: string): string[] {
  return list
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '' && name !== 'none');
}
