/** What is fetched when somebody is about to search: the open search, its strings and its styles. */

import { openSiteIndex } from '../../site/index.ts';
import type { Panel, PanelHost } from '../panel-host.ts';
import { loadStrings } from '../strings/load.ts';
import { SHELL_STRINGS } from '../strings/shell.ts';
import { Wording } from '../strings/wording.ts';
import { panelSheet } from '../styles/panel.ts';
import { SearchPanel } from './panel.ts';

export async function makePanel(host: PanelHost): Promise<Panel> {
  const { root, language } = host;
  const own = await loadStrings(language);
  const wording = new Wording(language, { ...SHELL_STRINGS[language], ...own, ...host.strings });
  const sheet = panelSheet();
  if (!root.adoptedStyleSheets.includes(sheet)) root.adoptedStyleSheets.push(sheet);
  return new SearchPanel(host, wording, openSiteIndex);
}
