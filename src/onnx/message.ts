/** Builds protobuf messages as lists of chunks: a weight of a gigabyte is copied once, at the end. */

const utf8 = new TextEncoder();

export class Message {
  readonly chunks: Uint8Array[] = [];
  size = 0;

  int(field: number, value: number | bigint): void {
    this.#push(varint(BigInt(field * 8)));
    this.#push(varint(BigInt.asUintN(64, BigInt(value))));
  }

  float(field: number, value: number): void {
    this.#push(varint(BigInt(field * 8 + 5)));
    this.#push(new Uint8Array(new Float32Array([value]).buffer));
  }

  string(field: number, value: string): void {
    this.bytes(field, utf8.encode(value));
  }

  bytes(field: number, value: Uint8Array): void {
    this.#header(field, value.length);
    this.#push(value);
  }

  message(field: number, value: Message): void {
    this.#header(field, value.size);
    for (const chunk of value.chunks) this.#push(chunk);
  }

  /** Fields that are encoded already. */
  raw(fields: readonly Uint8Array[]): void {
    for (const chunk of fields) this.#push(chunk);
  }

  toBytes(): Uint8Array<ArrayBuffer> {
    const bytes = new Uint8Array(this.size);
    let at = 0;
    for (const chunk of this.chunks) {
      bytes.set(chunk, at);
      at += chunk.length;
    }
    return bytes;
  }

  #header(field: number, length: number): void {
    this.#push(varint(BigInt(field * 8 + 2)));
    this.#push(varint(BigInt(length)));
  }

  #push(chunk: Uint8Array): void {
    this.chunks.push(chunk);
    this.size += chunk.length;
  }
}

function varint(value: bigint): Uint8Array {
  const bytes: number[] = [];
  for (let left = value; ; left >>= 7n) {
    if (left < 0x80n) return Uint8Array.from([...bytes, Number(left)]);
    bytes.push(Number(left & 0x7fn) | 0x80);
  }
}
