/** Addresses from an index, which anybody may have written: only those of pages become links. */

/** Absolute, where it leads to a page by http or https; undefined for all else, as `javascript:`. */
export function pageLink(url: string, base = document.baseURI): string | undefined {
  const parsed = parseUrl(url, base);
  return parsed && /^https?:$/.test(parsed.protocol) ? parsed.href : undefined;
}

export function parseUrl(url: string, base: string): URL | undefined {
  try {
    return new URL(url, base);
  } catch {
    return undefined;
  }
}

/** Where a page lies, for people: its path with no ending, and its host where that is another. */
export function placeOf(href: string, host = location.host): string {
  const url = new URL(href);
  const path = url.pathname.replace(/(\/index)?\.html?$|\/$/, '');
  const parts = path.split('/').filter((part) => part !== '');
  if (url.host !== host) parts.unshift(url.host);
  return parts.map(decoded).join(' › ');
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
