/** Texts of passages with what is shown beside them, some to a file. */

export {
  readFragments,
  writeFragments,
  type SiteFragment,
  type SketchedFragment,
} from './fragment-file.ts';
export { cutFragments } from './cut.ts';
