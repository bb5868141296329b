import { messageOf, NearfieldError, toHex } from '../../contract/index.ts';
import {
  BLOCK_LIMITS,
  damaged,
  HEADER_BYTES,
  MAGIC,
  overLimit,
  PRELUDE_BYTES,
  VERSION,
  type Block,
  type BlockType,
  type Bytes,
} from './blocks.ts';
import type { ByteReader } from './byte-reader.ts';
import { CHECKSUM_BYTES, ChecksumChain } from './checksums.ts';
import { parseShallow } from './parse.ts';

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Reads the blocks of a file; none is given before its checksum is seen to be right. */
export class BlockReader {
  readonly #bytes: ByteReader;
  readonly #chain: ChecksumChain;
  #count = 0;

  private constructor(bytes: ByteReader, chain: ChecksumChain) {
    this.#bytes = bytes;
    this.#chain = chain;
  }

  /** Throws `bad-input` when it is no such file, `incompatible-index` for another version. */
  static async begin(bytes: ByteReader): Promise<BlockReader> {
    const prelude = await bytes.exactly(PRELUDE_BYTES, 'its beginning');
    const magic = latin1(prelude.subarray(0, 4));
    if (magic !== MAGIC) {
      throw new NearfieldError(
        'bad-input',
        `This is no .nearfield file: expected "${MAGIC}" at its beginning, got ` +
          `${JSON.stringify(magic)}. Choose a file that a collection was exported to.`,
      );
    }
    const version = new DataView(prelude.buffer).getUint32(4, true);
    if (version !== VERSION) {
      throw new NearfieldError(
        'incompatible-index',
        `The .nearfield file is of another version: expected ${VERSION}, got ${version}. ` +
          'Import it with the version of Nearfield that wrote it, or a later one.',
      );
    }
    return new BlockReader(bytes, await ChecksumChain.begin(prelude));
  }

  /** Throws `integrity` for a block that is damaged or cut off, `bad-input` for one without JSON. */
  async next(): Promise<Block> {
    const name = `block ${this.#count++}`;
    const header = await this.#bytes.exactly(HEADER_BYTES, `the header of ${name}`);
    const { type, jsonBytes, dataBytes } = readHeader(header, name);
    const text = await this.#bytes.exactly(jsonBytes, `the JSON of ${name}`);
    const data = await this.#bytes.exactly(dataBytes, `the data of ${name}`);
    const stored = toHex(await this.#bytes.exactly(CHECKSUM_BYTES, `the checksum of ${name}`));
    const computed = toHex(this.#chain.next(header, text, data));
    if (computed !== stored) throw damaged(`the checksum of ${name}`, stored, computed);
    return { type, json: parsed(text, name), data };
  }
}

function readHeader(header: Bytes, name: string) {
  const type = latin1(header.subarray(0, 4));
  if (!isBlockType(type)) {
    const types = Object.keys(BLOCK_LIMITS).join(', ');
    throw damaged(`the type of ${name}`, `one of ${types}`, JSON.stringify(type));
  }
  const view = new DataView(header.buffer);
  const jsonBytes = view.getUint32(4, true);
  const dataBytes = view.getUint32(8, true);
  const over = overLimit(type, jsonBytes, dataBytes);
  if (over !== undefined) throw damaged(`the length of ${name}`, 'one within the limits', over);
  return { type, jsonBytes, dataBytes };
}

function isBlockType(type: string): type is BlockType {
  return Object.hasOwn(BLOCK_LIMITS, type);
}

function parsed(text: Bytes, name: string): unknown {
  try {
    return parseShallow(utf8.decode(text));
  } catch (error) {
    throw new NearfieldError(
      'bad-input',
      `Expected JSON in ${name} of the .nearfield file, got something else (${messageOf(error)}). ` +
        'Whatever wrote the file did it wrong: export it again.',
      { cause: error },
    );
  }
}

function latin1(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes);
}
