/** A host of a site's index whose files can be made to wait, or to fail: for tests. */

import { openSiteIndex } from '../site/index.ts';
import type { SiteIndex } from '../contract/index.ts';
import { Host } from '../site/meant-site.ts';
import { buildSite, type SiteInput } from '../site/index.ts';

export class SlowHost {
  readonly #host: Host;
  #held: { kind: RegExp; until: Promise<void> } | undefined;
  #failing: RegExp | undefined;

  private constructor(host: Host) {
    this.#host = host;
  }

  static async of(input: SiteInput): Promise<SlowHost> {
    return new SlowHost(new Host(await buildSite(input)));
  }

  /** Names of what was asked for, in order. */
  get asked(): readonly string[] {
    return this.#host.asked;
  }

  get url(): string {
    return this.#host.url;
  }

  /** An index of which nothing was read yet. */
  open(): Promise<SiteIndex> {
    return openSiteIndex(this.#host.url, { fetch: (url) => this.fetch(url) });
  }

  /** Files of such names wait until the function that it gives is called. */
  hold(kind: RegExp): () => void {
    let release = (): void => undefined;
    const until = new Promise<void>((resolve) => (release = resolve));
    this.#held = { kind, until };
    return () => {
      this.#held = undefined;
      release();
    };
  }

  /** Files of such names cannot be had; all can where it is undefined. */
  fail(kind: RegExp | undefined): void {
    this.#failing = kind;
  }

  async fetch(url: string): Promise<Response> {
    if (this.#held?.kind.test(url)) await this.#held.until;
    if (this.#failing?.test(url)) return new Response(null, { status: 503 });
    return this.#host.fetch(url);
  }
}
