const [PRIME1, PRIME2, PRIME3, PRIME4, PRIME5] = [
  0x9e3779b1, 0x85ebca77, 0xc2b2ae3d, 0x27d4eb2f, 0x165667b1,
] as const;

function rotated(value: number, by: number): number {
  return (value << by) | (value >>> (32 - by));
}

/** XXH32 as https://github.com/Cyan4973/xxHash/blob/dev/doc/xxhash_spec.md describes it. */
export function xxh32(data: Uint8Array, seed: number): number {
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  const striped = data.length - (data.length % 16);
  const lanes = [seed + PRIME1 + PRIME2, seed + PRIME2, seed, seed - PRIME1];
  for (let at = 0; at < striped; at += 16) {
    for (const [i, lane] of lanes.entries()) {
      const word = view.getUint32(at + 4 * i, true);
      lanes[i] = Math.imul(rotated(lane + Math.imul(word, PRIME2), 13), PRIME1);
    }
  }
  const shifts = [1, 7, 12, 18];
  let hash = seed + PRIME5;
  if (striped > 0) hash = lanes.reduce((sum, lane, i) => (sum + rotated(lane, shifts[i]!)) | 0, 0);
  hash += data.length;
  let at = striped;
  for (; at + 4 <= data.length; at += 4) {
    const word = Math.imul(view.getUint32(at, true), PRIME3);
    hash = Math.imul(rotated(hash + word, 17), PRIME4);
  }
  for (; at < data.length; at++) {
    hash = Math.imul(rotated(hash + Math.imul(data[at]!, PRIME5), 11), PRIME1);
  }
  hash = Math.imul(hash ^ (hash >>> 15), PRIME2);
  hash = Math.imul(hash ^ (hash >>> 13), PRIME3);
  return hash ^ (hash >>> 16);
}
