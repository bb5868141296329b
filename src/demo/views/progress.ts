import { h } from '../dom.ts';

export function progressBar(label: string, done: number, total: number): HTMLElement {
  const share = total > 0 ? done / total : 0;
  return h('div', {
    class: 'bar',
    attrs: {
      role: 'progressbar',
      'aria-label': label,
      'aria-valuenow': total > 0 ? Math.round(share * 100) : undefined,
      'data-busy': total === 0,
    },
    vars: { '--share': String(share) },
  });
}
