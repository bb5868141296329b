/** What a page is called that has no title. */

/** The last name in its path; the URL itself where there is none. */
export function titleOfUrl(url: string): string {
  const names = url.replace(/[?#].*$/s, '').replace(/^https?:\/\/[^/]*/i, '');
  const last = names.split('/').findLast((name) => name !== '');
  if (last === undefined) return url;
  try {
    return decodeURIComponent(last);
  } catch {
    return last;
  }
}
