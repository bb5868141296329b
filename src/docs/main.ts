/** Script of the documentation's pages: its search, light or dark, and drawers that close. */

import { setUpTheme } from '../demo/theme.ts';
import '../widget/index.ts';
import './css/docs.css';

setUpTheme();

/** A link to a place of this page leaves a drawer open. */
document.getElementById('contents')?.addEventListener('click', ({ target, currentTarget }) => {
  const drawer = currentTarget as HTMLElement;
  if (target instanceof HTMLAnchorElement && drawer.matches(':popover-open')) drawer.hidePopover();
});
