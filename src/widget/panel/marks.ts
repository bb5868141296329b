/** Marked text as nodes: `<mark>` elements and text between them, whatever the marks are. */

import type { Snippet } from '../../contract/index.ts';
import { h } from '../dom.ts';

/** The text of the nodes is that of the snippet. Marks out of order, of each other or of the text are left out. */
export function markedNodes({ text, marks }: Snippet): (Text | HTMLElement)[] {
  const nodes: (Text | HTMLElement)[] = [];
  let done = 0;
  for (const [start, end] of marks) {
    const isSound = Number.isInteger(start) && Number.isInteger(end) && start >= done;
    if (!isSound || end <= start || end > text.length) continue;
    if (start > done) nodes.push(new Text(text.slice(done, start)));
    nodes.push(h('mark', { part: 'mark' }, text.slice(start, end)));
    done = end;
  }
  if (done < text.length) nodes.push(new Text(text.slice(done)));
  return nodes;
}
