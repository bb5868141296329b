import { button, byId, h } from '../dom.ts';
import type { Way } from './trouble-card.ts';

/** A notice that waits to be answered. */
export function toast(text: string, ways: readonly Way[]): void {
  const element = h(
    'div',
    { class: 'toast', attrs: { role: 'status' } },
    h('p', {}, text),
    ...ways.map(({ label, go }, i) =>
      button(
        label,
        () => {
          element.remove();
          go();
        },
        { kind: i === 0 ? 'primary' : 'quiet' },
      ),
    ),
  );
  byId('toasts', HTMLDivElement).append(element);
}
