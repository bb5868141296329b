import { messageOf, NearfieldError } from '../contract/index.ts';
import { TextTokenizer, type EncodedText, type TokenizerOptions } from './tokenizer.ts';

/** `tokenizer.json` and `tokenizer_config.json`. */
export interface TokenizerFiles {
  tokenizer: Blob;
  config: Blob;
}

/** Texts to token ids, on whichever thread. */
export interface Tokens {
  /** With `whole`, texts are not cut at the token limit. */
  encode(texts: readonly string[], whole?: boolean): Promise<readonly EncodedText[]>;
}

/** Makes a tokenizer. Throws `bad-model` when the files are none. */
export type OpenTokens = (files: TokenizerFiles, options: TokenizerOptions) => Promise<Tokens>;

/** A tokenizer on the calling thread. */
export const openTokens: OpenTokens = async (files, options) => {
  const { tokenizer } = await openTokenizer(files, options);
  return tokensOf(tokenizer);
};

/** What a tokenizer's files hold. Throws `bad-model` when they are none. */
export async function openTokenizer(
  files: TokenizerFiles,
  options: TokenizerOptions,
): Promise<{ tokenizer: TextTokenizer; json: unknown }> {
  const [json, config] = await Promise.all([
    parse('tokenizer.json', files.tokenizer),
    parse('tokenizer_config.json', files.config),
  ]);
  return { tokenizer: new TextTokenizer(json, config, options), json };
}

export function tokensOf(tokenizer: TextTokenizer): Tokens {
  return {
    encode: async (texts, whole = false) =>
      texts.map((text) => (whole ? tokenizer.encodeWhole(text) : tokenizer.encode(text))),
  };
}

async function parse(name: string, file: Blob): Promise<unknown> {
  try {
    return JSON.parse(await file.text());
  } catch (error) {
    throw new NearfieldError('bad-model', `${name} is not JSON: ${messageOf(error)}`, {
      cause: error,
    });
  }
}
