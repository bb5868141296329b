/** A question before something is gone for good. */

import { byId } from '../dom.ts';

export interface Question {
  title: string;
  body: string;
  /** What the deed is called on its button. */
  yes: string;
}

export function confirmed({ title, body, yes }: Question): Promise<boolean> {
  const dialog = byId('dialog', HTMLDialogElement);
  byId('dialog-title', HTMLHeadingElement).textContent = title;
  byId('dialog-body', HTMLParagraphElement).textContent = body;
  byId('dialog-yes', HTMLButtonElement).textContent = yes;
  dialog.returnValue = 'no';
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener('close', () => resolve(dialog.returnValue === 'yes'), { once: true });
  });
}
