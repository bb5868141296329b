/**
 * Puts files into a cache, but for those that are there. Each stands for itself: what one that fails
 * takes away from the others is nothing.
 *
 * @param toStored the answer as it is kept
 * @returns addresses of the files that are not there afterwards
 */
export async function keepFiles(
  cache: Cache,
  urls: readonly string[],
  toStored: (response: Response) => Response,
): Promise<string[]> {
  const failed: string[] = [];
  for (const url of urls) {
    try {
      if (await cache.match(url)) continue;
      const response = await fetch(url);
      if (response.ok) await cache.put(url, toStored(response));
      else failed.push(url);
    } catch {
      // Out of reach, or no room for it: it is tried again at the next visit.
      failed.push(url);
    }
  }
  return failed;
}
