import { describe, expect, it } from 'vitest';
import { hint, matches, parseHotkeys } from './hotkeys.ts';

function press(key: string, held: Partial<KeyboardEvent> = {}) {
  const code = /^[a-z]$/i.test(key) ? `Key${key.toUpperCase()}` : '';
  return { key, code, ctrlKey: false, metaKey: false, altKey: false, ...held };
}

describe('hotkeys', () => {
  it('are read from a list', () => {
    expect(parseHotkeys('Ctrl+K  cmd+k /')).toEqual([
      { key: 'k', ctrl: true, meta: false, alt: false },
      { key: 'k', ctrl: false, meta: true, alt: false },
      { key: '/', ctrl: false, meta: false, alt: false },
    ]);
    expect(parseHotkeys('Ctrl++')).toEqual([{ key: '+', ctrl: true, meta: false, alt: false }]);
    expect(parseHotkeys('none')).toEqual([]);
    expect(parseHotkeys('Hyper+K')).toEqual([]);
  });

  it('match with just their modifiers', () => {
    const [ctrlK, slash] = parseHotkeys('Ctrl+K /');
    expect(matches(ctrlK!, press('k', { ctrlKey: true }))).toBe(true);
    expect(matches(ctrlK!, press('K', { ctrlKey: true }))).toBe(true);
    expect(matches(ctrlK!, press('k'))).toBe(false);
    expect(matches(ctrlK!, press('k', { ctrlKey: true, altKey: true }))).toBe(false);
    expect(matches(slash!, press('/'))).toBe(true);
  });

  it('match by place where the layout has no such letter, and not where it has another there', () => {
    const [ctrlK] = parseHotkeys('Ctrl+K');
    expect(matches(ctrlK!, press('л', { code: 'KeyK', ctrlKey: true }))).toBe(true);
    expect(matches(ctrlK!, press('t', { code: 'KeyK', ctrlKey: true }))).toBe(false);
  });

  it('are shown as the machine calls them', () => {
    const keys = parseHotkeys('Ctrl+K Cmd+K /');
    expect(hint(keys, false)).toEqual(['Ctrl', 'K']);
    expect(hint(keys, true)).toEqual(['⌘', 'K']);
    expect(hint(parseHotkeys('/'), true)).toEqual(['/']);
    expect(hint(parseHotkeys('Cmd+J'), false)).toBeUndefined();
  });
});
