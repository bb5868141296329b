/** The vectors of a site as static files, of which a query fetches few. */

export { SiteVectors } from './site-vectors.ts';
export { writeVectors } from './write.ts';
