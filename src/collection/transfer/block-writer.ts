import { messageOf, NearfieldError } from '../../contract/index.ts';
import {
  ascii,
  HEADER_BYTES,
  MAGIC,
  overLimit,
  PRELUDE_BYTES,
  VERSION,
  type Block,
  type Bytes,
} from './blocks.ts';
import { CHECKSUM_BYTES, ChecksumChain } from './checksums.ts';

/** Makes the bytes of a file: `prelude` first, then block by block. */
export class BlockWriter {
  readonly prelude: Bytes;
  readonly #chain: ChecksumChain;

  private constructor(prelude: Bytes, chain: ChecksumChain) {
    this.prelude = prelude;
    this.#chain = chain;
  }

  static async begin(): Promise<BlockWriter> {
    const prelude = new Uint8Array(PRELUDE_BYTES);
    prelude.set(ascii(MAGIC));
    new DataView(prelude.buffer).setUint32(4, VERSION, true);
    return new BlockWriter(prelude, await ChecksumChain.begin(prelude));
  }

  /** Throws `bad-input` for a block past the limits. */
  write({ type, json, data }: Block): Bytes {
    const text = encoded(json);
    const over = overLimit(type, text.length, data.length);
    if (over !== undefined) throw tooMuch(over);
    const end = HEADER_BYTES + text.length + data.length;
    const block = new Uint8Array(end + CHECKSUM_BYTES);
    const view = new DataView(block.buffer);
    block.set(ascii(type));
    view.setUint32(4, text.length, true);
    view.setUint32(8, data.length, true);
    block.set(text, HEADER_BYTES);
    block.set(data, HEADER_BYTES + text.length);
    block.set(this.#chain.next(block.subarray(0, end)), end);
    return block;
  }
}

function encoded(json: unknown): Bytes {
  try {
    return new TextEncoder().encode(JSON.stringify(json));
  } catch (error) {
    // Past the longest string that the browser can make.
    throw tooMuch(messageOf(error), error);
  }
}

function tooMuch(over: string, cause?: unknown): NearfieldError {
  return new NearfieldError(
    'bad-input',
    `Too much for one block of a .nearfield file: ${over}. Cut its largest document in two.`,
    { cause },
  );
}
