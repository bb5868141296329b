/** What comes before a GGUF file's weights (version 3): typed settings and the list of tensors. */

export interface GgufTensor {
  name: string;
  /** Fastest first. */
  dims: readonly number[];
  type: keyof typeof TENSOR_TYPES;
  bytes: number;
}

const TENSOR_TYPES = { F32: 0, Q4_0: 2 } as const;
const UINT32 = 4;
const INT32 = 5;
const FLOAT32 = 6;
const BOOL = 7;
const STRING = 8;
const ARRAY = 9;

/** Every tensor starts at a multiple of this. */
const ALIGNMENT = 32;

export class GgufHead {
  readonly #parts: Uint8Array[] = [];
  #settings = 0;

  int(key: string, value: number): void {
    this.#setting(key, UINT32, uint32(value));
  }

  float(key: string, value: number): void {
    this.#setting(key, FLOAT32, new Uint8Array(Float32Array.of(value).buffer));
  }

  flag(key: string, value: boolean): void {
    this.#setting(key, BOOL, Uint8Array.of(value ? 1 : 0));
  }

  string(key: string, value: string): void {
    this.#setting(key, STRING, stringBytes(value));
  }

  strings(key: string, values: readonly string[]): void {
    const list = [uint32(STRING), uint64(values.length), ...values.map(stringBytes)];
    this.#setting(key, ARRAY, Buffer.concat(list));
  }

  ints(key: string, values: readonly number[]): void {
    const numbers = new Uint8Array(Int32Array.from(values).buffer);
    this.#setting(key, ARRAY, Buffer.concat([uint32(INT32), uint64(values.length), numbers]));
  }

  /** Padded, so that the first tensor may follow. */
  toBytes(tensors: readonly GgufTensor[]): Uint8Array {
    let offset = 0;
    const list = tensors.map((tensor) => {
      const at = offset;
      offset += tensor.bytes + this.paddingAfter(tensor);
      const { name, dims, type } = tensor;
      const sizes = [uint32(dims.length), ...dims.map(uint64)];
      return Buffer.concat([stringBytes(name), ...sizes, uint32(TENSOR_TYPES[type]), uint64(at)]);
    });
    const start = [Buffer.from('GGUF'), uint32(3), uint64(tensors.length), uint64(this.#settings)];
    const head = Buffer.concat([...start, ...this.#parts, ...list]);
    return Buffer.concat([head, Buffer.alloc(padding(head.length))]);
  }

  paddingAfter(tensor: GgufTensor): number {
    return padding(tensor.bytes);
  }

  #setting(key: string, type: number, value: Uint8Array): void {
    this.#parts.push(stringBytes(key), uint32(type), value);
    this.#settings++;
  }
}

function padding(bytes: number): number {
  return (ALIGNMENT - (bytes % ALIGNMENT)) % ALIGNMENT;
}

function stringBytes(value: string): Uint8Array {
  const bytes = Buffer.from(value, 'utf8');
  return Buffer.concat([uint64(bytes.length), bytes]);
}

function uint32(value: number): Uint8Array {
  return new Uint8Array(Uint32Array.of(value).buffer);
}

function uint64(value: number): Uint8Array {
  return new Uint8Array(BigUint64Array.of(BigInt(value)).buffer);
}
