/** Typed views on the memory as it is now, from a byte offset on. */

export function floats(memory: WebAssembly.Memory, at: number, count: number): Float32Array {
  return new Float32Array(memory.buffer, at, count);
}

export function bytes(memory: WebAssembly.Memory, at: number, count: number): Uint8Array {
  return new Uint8Array(memory.buffer, at, count);
}

export function signedBytes(memory: WebAssembly.Memory, at: number, count: number): Int8Array {
  return new Int8Array(memory.buffer, at, count);
}

export function integers(memory: WebAssembly.Memory, at: number, count: number): Int32Array {
  return new Int32Array(memory.buffer, at, count);
}

export function halves(memory: WebAssembly.Memory, at: number, count: number): Uint16Array {
  return new Uint16Array(memory.buffer, at, count);
}

/** Bytes of a float32 and of an int32. */
export const WORD = 4;
