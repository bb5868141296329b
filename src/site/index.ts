/** A site's index in static files: written when the site is built, read in pieces by its visitors. */

export { buildSite, type BuiltSite, type SiteInput, type SiteMeaning } from './build.ts';
export { beginsAs, fileName, isFileName, type SiteFile } from './files/index.ts';
export { openSiteIndex } from './open.ts';
export type { SitePassage } from './passage.ts';
