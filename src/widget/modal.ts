/** The trigger on the page, and the dialog that it opens. */

import { h, icon } from './dom.ts';
import { makeField } from './field.ts';
import type { Frame, FrameEvents, Look } from './frame.ts';
import { CROSS, SEARCH } from './icons.ts';

export function makeModal(root: ShadowRoot, look: Look, events: FrameEvents): Frame {
  const { strings, placeholder, dir } = look;
  const field = makeField(strings, placeholder);
  const close = h(
    'button',
    { type: 'button', class: 'close', part: 'close', 'aria-label': strings.close },
    h('kbd', { 'aria-hidden': 'true' }, 'esc'),
    icon(CROSS),
  );
  field.element.append(close);
  const body = h('div', { class: 'body' });
  const frame = h('div', { class: 'frame' }, field.element, body);
  const dialog = h('dialog', { part: 'dialog', 'aria-label': strings.search, dir }, frame);
  const trigger = makeTrigger(look);
  root.replaceChildren(trigger, dialog);

  const show = (): void => {
    if (dialog.open) return;
    dialog.showModal();
    field.input.select();
    events.onShow();
  };
  trigger.addEventListener('click', show);
  trigger.addEventListener('pointerenter', events.onIntent, { passive: true });
  trigger.addEventListener('focusin', events.onIntent);
  close.addEventListener('click', () => dialog.close());
  dialog.addEventListener('close', events.onHide);
  closeBeside(dialog);
  return {
    field,
    body,
    get isOpen() {
      return dialog.open;
    },
    show,
    hide: () => dialog.close(),
    focus: () => trigger.assignedOrOwn().focus(),
    dispose: () => dialog.close(),
  };
}

interface Trigger extends HTMLSlotElement {
  /** The page's own trigger where it has put one there. */
  assignedOrOwn(): HTMLElement;
}

function makeTrigger({ strings, keys, dir }: Look): Trigger {
  const hint = keys && h('span', { class: 'keys', 'aria-hidden': 'true' }, ...kbds(keys));
  const own = h(
    'button',
    { type: 'button', class: 'trigger', part: 'trigger', 'aria-haspopup': 'dialog', dir },
    icon(SEARCH),
    h('span', { class: 'label' }, strings.search),
    hint,
  );
  const slot = h('slot', { name: 'trigger' }, own);
  return Object.assign(slot, {
    assignedOrOwn: () => (slot.assignedElements()[0] as HTMLElement | undefined) ?? own,
  });
}

function kbds(keys: readonly string[]): HTMLElement[] {
  return keys.map((key) => h('kbd', {}, key));
}

/** What begins and ends beside the frame closes; a selection that is drawn out of the field does not. */
function closeBeside(dialog: HTMLDialogElement): void {
  let beside = false;
  dialog.addEventListener('pointerdown', ({ target }) => {
    beside = target === dialog;
  });
  dialog.addEventListener('click', ({ target }) => {
    if (beside && target === dialog) dialog.close();
  });
}
