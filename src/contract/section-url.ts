/** Where on a page a section begins. */

/** @param anchor `id` of an element, as it is in the document; empty for the top of the page */
export function sectionUrl(url: string, anchor: string): string {
  return anchor === '' ? url : `${url.replace(/#.*$/s, '')}#${encodeURIComponent(anchor)}`;
}
