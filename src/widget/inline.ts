/** The field on the page itself, and the list below it. */

import { h } from './dom.ts';
import { makeField } from './field.ts';
import type { Frame, FrameEvents, Look } from './frame.ts';

export function makeInline(
  element: HTMLElement,
  root: ShadowRoot,
  { strings, placeholder, dir }: Look,
  events: FrameEvents,
): Frame {
  const field = makeField(strings, placeholder);
  const body = h('div', { class: 'body popup', part: 'popup', hidden: true });
  root.replaceChildren(h('div', { class: 'inline', part: 'inline', dir }, field.element, body));

  const show = (): void => {
    if (!body.hidden) return;
    body.hidden = false;
    events.onShow();
  };
  const hide = (): void => {
    if (body.hidden) return;
    body.hidden = true;
    events.onHide();
  };
  const { input } = field;
  field.element.addEventListener('pointerenter', events.onIntent, { passive: true });
  input.addEventListener('focus', show);
  input.addEventListener('pointerdown', show);
  input.addEventListener('input', show);
  const listening = new AbortController();
  const { signal } = listening;
  const left = ({ relatedTarget }: FocusEvent): void => {
    // Nothing is focused instead where a click went to no control, or the window was left.
    if (relatedTarget instanceof Node && !element.contains(relatedTarget)) hide();
  };
  element.addEventListener('focusout', left, { signal });
  const pressed = (event: PointerEvent): void => {
    if (!event.composedPath().includes(element)) hide();
  };
  document.addEventListener('pointerdown', pressed, { signal });
  return {
    field,
    body,
    get isOpen() {
      return !body.hidden;
    },
    show,
    hide,
    focus: () => input.focus(),
    dispose: () => listening.abort(),
  };
}
