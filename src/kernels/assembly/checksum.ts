/** XXH32 (Yann Collet, xxhash_spec.md): its four lanes are those of a vector. */

const PRIME1: u32 = 0x9e3779b1;
const PRIME2: u32 = 0x85ebca77;
const PRIME3: u32 = 0xc2b2ae3d;
const PRIME4: u32 = 0x27d4eb2f;
const PRIME5: u32 = 0x165667b1;

// @ts-ignore: decorator
@inline
function rotated(lane: i32, by: i32): u32 {
  return rotl<u32>(<u32>lane, by);
}

/** Of the whole stripes of 16 bytes in [at, end). */
function stripes(at: usize, end: usize, seed: u32): u32 {
  let lanes = i32x4.splat(seed);
  lanes = i32x4.replace_lane(lanes, 0, seed + PRIME1 + PRIME2);
  lanes = i32x4.replace_lane(lanes, 1, seed + PRIME2);
  lanes = i32x4.replace_lane(lanes, 3, seed - PRIME1);
  for (; at < end; at += 16) {
    const mixed = i32x4.add(lanes, i32x4.mul(v128.load(at), i32x4.splat(PRIME2)));
    const turned = v128.or(i32x4.shl(mixed, 13), i32x4.shr_u(mixed, 19));
    lanes = i32x4.mul(turned, i32x4.splat(PRIME1));
  }
  return (
    rotated(i32x4.extract_lane(lanes, 0), 1) +
    rotated(i32x4.extract_lane(lanes, 1), 7) +
    rotated(i32x4.extract_lane(lanes, 2), 12) +
    rotated(i32x4.extract_lane(lanes, 3), 18)
  );
}

export function checksum(at: usize, bytes: usize, seed: u32): u32 {
  const end = at + bytes;
  const striped = at + (bytes & ~15);
  let hash = bytes >= 16 ? stripes(at, striped, seed) : seed + PRIME5;
  hash += <u32>bytes;
  at = striped;
  for (; at + 4 <= end; at += 4) hash = rotl<u32>(hash + load<u32>(at) * PRIME3, 17) * PRIME4;
  for (; at < end; at++) hash = rotl<u32>(hash + <u32>load<u8>(at) * PRIME5, 11) * PRIME1;
  hash = (hash ^ (hash >> 15)) * PRIME2;
  hash = (hash ^ (hash >> 13)) * PRIME3;
  return hash ^ (hash >> 16);
}
