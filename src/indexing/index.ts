/** A folder of a built site to the files of its search index. */

import { NearfieldError, throwIfAborted } from '../contract/index.ts';
import { DEFAULT_PASSAGE_CHARACTERS } from '../passages/index.ts';
import { buildSite, type SiteInput } from '../site/index.ts';
import { collect, type CollectOptions } from './collect.ts';
import type { IndexReport } from './events.ts';
import { IndexModel } from './meaning.ts';
import { checkedIndexOptions, type CheckedIndexOptions, type IndexOptions } from './options.ts';
import { openOutput, writeOutput, type Output } from './output.ts';

export { INTENDED, type IndexEvent, type IndexReport } from './events.ts';
export type { IndexOptions } from './options.ts';

/**
 * Crawls a built site, embeds what is new of it, fits a query encoder, and writes the index. The same
 * pages and options give the same bytes, whatever was cached; one page that is wrong is a `problem` event
 * and ends nothing. Until its last moment the former index stays as it was.
 *
 * Throws a `NearfieldError`: `bad-input` for options, a folder that is none, or no page with text;
 * `model-not-found`, `unsupported-model`, `download-failed`, `integrity`, `self-test-failed`,
 * `bad-vector`, `out-of-memory` of the model or the server; `storage`; `aborted`.
 */
export async function indexSite(options: IndexOptions): Promise<IndexReport> {
  const started = performance.now();
  const checked = checkedIndexOptions(options);
  const output = await openOutput(checked.dir, checked.out);
  const run = new Run(checked, output);
  try {
    const report = await run.report(started);
    checked.onEvent({ kind: 'done', report });
    return report;
  } finally {
    await run.close();
  }
}

class Run {
  readonly #options: CheckedIndexOptions;
  readonly #output: Output;
  readonly #warnings: string[] = [];
  #model: IndexModel | undefined;

  constructor(options: CheckedIndexOptions, output: Output) {
    this.#options = options;
    this.#output = output;
  }

  async report(started: number): Promise<IndexReport> {
    const { model, dir, signal, onEvent } = this.#options;
    throwIfAborted(signal);
    if (model !== false) {
      this.#model = await IndexModel.open(model, this.#options, (message) => this.#warn(message));
    }
    const { pages, passages, filters, problems } = await collect(dir, this.#collecting());
    onEvent({ kind: 'read', pages, passages: passages.length });
    if (passages.length === 0) throw noPages(dir);
    const meant = await this.#model?.meaningOf(passages);
    const meaning: Pick<SiteInput, 'meaning'> = meant ? { meaning: meant.meaning } : {};
    const built = await buildSite({ passages, filters, ...meaning });
    const written = await writeOutput(this.#output, built, {
      signal,
      onFile: ({ files, bytes }) => onEvent({ kind: 'writing', files, bytes }),
      onWarning: (message) => this.#warn(message),
    });
    return {
      site: built.site,
      out: this.#output.path,
      ...{ pages, passages: passages.length, problems },
      embedded: meant?.embedded ?? 0,
      cached: meant?.cached ?? 0,
      ...written,
      warnings: this.#warnings,
      seconds: (performance.now() - started) / 1000,
    };
  }

  async close(): Promise<void> {
    await this.#model?.model.close();
  }

  #warn(message: string): void {
    this.#warnings.push(message);
    this.#options.onEvent({ kind: 'warning', message });
  }

  #collecting(): CollectOptions {
    const { baseUrl, cleanUrls, include, exclude = [], feeds, maxBytes } = this.#options;
    const { signal, onEvent, passageTokens } = this.#options;
    const model = this.#model?.model;
    return {
      size: model
        ? { tokens: passageTokens, count: (text) => model.countTokens(text) }
        : { characters: DEFAULT_PASSAGE_CHARACTERS },
      exclude: [...exclude, ...this.#output.exclude],
      onEvent,
      signal,
      ...(baseUrl !== undefined && { baseUrl }),
      ...(cleanUrls !== undefined && { cleanUrls }),
      ...(include !== undefined && { include }),
      ...(feeds !== undefined && { feeds }),
      ...(maxBytes !== undefined && { maxBytes }),
    };
  }
}

function noPages(dir: string): NearfieldError {
  return new NearfieldError(
    'bad-input',
    `dir: no page with text was found in ${dir}. Is it the folder that the site was built to, and what do include and exclude leave?`,
  );
}
