/** Keys that open the search from anywhere on the page, `Ctrl+K Cmd+K /` as they are written. */

export interface Hotkey {
  /** As `KeyboardEvent.key` has it, in lower case. */
  key: string;
  ctrl: boolean;
  /** Command on a Mac. */
  meta: boolean;
  alt: boolean;
}

const NONE = 'none';

/** Those that are none are left out. @param list parted by blanks; `none` for none */
export function parseHotkeys(list: string): Hotkey[] {
  const words = list.split(/\s+/).filter((word) => word !== '' && word.toLowerCase() !== NONE);
  return words.map(parse).filter((hotkey) => hotkey !== undefined);
}

function parse(word: string): Hotkey | undefined {
  // `Ctrl++` is Ctrl and the key +.
  const [, before = '', key = ''] = /^((?:[^+]+\+)*)(.+)$/.exec(word) ?? [];
  const modifiers = before.toLowerCase().split('+').slice(0, -1);
  if (key === '' || !modifiers.every((name) => /^(ctrl|cmd|meta|alt)$/.test(name)))
    return undefined;
  return {
    key: key.toLowerCase(),
    ctrl: modifiers.includes('ctrl'),
    meta: modifiers.includes('cmd') || modifiers.includes('meta'),
    alt: modifiers.includes('alt'),
  };
}

type KeyPress = Pick<KeyboardEvent, 'key' | 'code' | 'ctrlKey' | 'metaKey' | 'altKey'>;

/** On a layout without Latin letters, the key in the letter's place counts. */
export function matches(hotkey: Hotkey, event: KeyPress): boolean {
  const { key, ctrl, meta, alt } = hotkey;
  if (event.ctrlKey !== ctrl || event.metaKey !== meta || event.altKey !== alt) return false;
  const pressed = event.key.toLowerCase();
  const place = /^key([a-z])$/.exec(event.code.toLowerCase())?.[1];
  return pressed === key || (!/^[a-z]$/.test(pressed) && (ctrl || meta || alt) && place === key);
}

/** A key by itself is a letter where somebody writes. */
export function isTyping(hotkey: Hotkey, target: EventTarget | undefined): boolean {
  if (hotkey.ctrl || hotkey.meta || hotkey.alt || !(target instanceof HTMLElement)) return false;
  return target.isContentEditable || target.matches('input, textarea, select');
}

/** The one to show on this machine, as its keys are called there; undefined for none. */
export function hint(hotkeys: readonly Hotkey[], mac: boolean): string[] | undefined {
  const fitting = hotkeys.find(({ ctrl, meta }) => (mac ? meta || !ctrl : !meta));
  if (!fitting) return undefined;
  const { ctrl, meta, alt, key } = fitting;
  const names = [ctrl && (mac ? '⌃' : 'Ctrl'), meta && '⌘', alt && (mac ? '⌥' : 'Alt')];
  return [...names.filter((name) => name !== false), key.length === 1 ? key.toUpperCase() : key];
}

export function isMac(): boolean {
  const { userAgentData } = navigator as { userAgentData?: { platform?: string } };
  // The older one is all that Safari and Firefox have.
  return /mac|iphone|ipad/i.test(userAgentData?.platform ?? navigator.platform);
}

interface Owner {
  element: HTMLElement;
  hotkeys: () => readonly Hotkey[];
  press: () => void;
}

const owners = new Set<Owner>();

/** Of several on a page that have the same key, the first in the document gets it. */
export function ownHotkeys(owner: Owner): () => void {
  if (owners.size === 0) document.addEventListener('keydown', onKey);
  owners.add(owner);
  return () => {
    owners.delete(owner);
    if (owners.size === 0) document.removeEventListener('keydown', onKey);
  };
}

function onKey(event: KeyboardEvent): void {
  if (event.defaultPrevented || event.isComposing || event.repeat) return;
  const [target] = event.composedPath();
  const wanting = [...owners].filter(({ hotkeys }) =>
    hotkeys().some((hotkey) => matches(hotkey, event) && !isTyping(hotkey, target)),
  );
  const [first] = wanting.sort((a, b) => inDocumentOrder(a.element, b.element));
  if (!first) return;
  event.preventDefault();
  first.press();
}

function inDocumentOrder(a: Node, b: Node): number {
  return a.compareDocumentPosition(b) & Node.DOCUMENT_POSITION_FOLLOWING ? -1 : 1;
}
