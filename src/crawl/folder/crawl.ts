/** A folder to a stream of pages and problems, one page in memory at a time. */

import { realpath, stat } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { messageOf, NearfieldError, throwIfAborted } from '../../contract/index.ts';
import type { CrawlEvent, Problem } from '../page.ts';
import { listFiles } from './files.ts';
import { checkedOptions, type CheckedOptions, type CrawlOptions } from './options.ts';
import { Reader } from './reader.ts';
import { Seen } from './seen.ts';

/**
 * Pages of a built site in the byte order of their paths, each with what was wrong with it; what the
 * folder itself refuses comes first. What is wrong with one page is a `problem` and never an end.
 * The same folder and options give the same stream. A single file is read whatever the globs say.
 *
 * Memory holds the paths of all files, the addresses of all pages, and one page.
 *
 * Throws `bad-input` for wrong options, or where there is no such folder or file, and `aborted`.
 */
export async function* crawl(
  path: string,
  options: CrawlOptions = {},
): AsyncGenerator<CrawlEvent, void> {
  const checked = checkedOptions(options);
  throwIfAborted(checked.signal);
  const { root, paths, problems } = await startOf(path, checked);
  for (const problem of problems) yield { kind: 'problem', problem };
  const reader = new Reader(root, checked, new Seen(checked.base, paths));
  for (const file of paths) yield* reader.events(file);
}

async function startOf(
  path: string,
  options: CheckedOptions,
): Promise<{ root: string; paths: string[]; problems: Problem[] }> {
  try {
    const real = await realpath(path);
    const found = await stat(real);
    if (found.isDirectory()) return { root: real, ...(await listFiles(real, options)) };
    if (!found.isFile()) throw new Error('it is neither a folder nor a file');
    return { root: dirname(real), paths: [basename(real)], problems: [] };
  } catch (cause) {
    throwIfAborted(options.signal);
    throw new NearfieldError(
      'bad-input',
      `Expected a folder of a built site at ${path}, but ${messageOf(cause)}.`,
      { cause },
    );
  }
}
