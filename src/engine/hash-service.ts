import { replyWith, type Reply } from '../contract/index.ts';
import { openHash, type RunningHash } from '../weights/hash.ts';

/** SHA-256 behind messages: what the embed worker asks of its hashing thread. */
export class HashService {
  readonly #hash: Promise<RunningHash> = openHash();

  update(bytes: Uint8Array): Promise<Reply<void>> {
    return replyWith(async () => (await this.#hash).update(bytes));
  }

  digest(): Promise<Reply<string>> {
    return replyWith(async () => (await this.#hash).digest());
  }
}
