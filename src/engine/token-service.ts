import { NearfieldError, replyWith, type Reply } from '../contract/index.ts';
import type { EncodedText, TokenizerOptions } from './tokenizer.ts';
import { openTokens, type TokenizerFiles, type Tokens } from './tokens.ts';

/** A tokenizer behind messages: what the embed worker asks of its tokenizer thread. */
export class TokenService {
  #tokens: Tokens | undefined;

  open(files: TokenizerFiles, options: TokenizerOptions): Promise<Reply<void>> {
    return replyWith(async () => {
      this.#tokens = await openTokens(files, options);
    });
  }

  encode(texts: readonly string[], whole: boolean): Promise<Reply<readonly EncodedText[]>> {
    return replyWith(() => {
      if (!this.#tokens) throw new NearfieldError('internal', 'No tokenizer was opened.');
      return this.#tokens.encode(texts, whole);
    });
  }
}
