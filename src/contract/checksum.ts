/** FNV-1a over words of 4 bytes: no change of a single word leaves it as it was. */
export function fnv1a(words: Uint32Array): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < words.length; i++) hash = Math.imul(hash ^ words[i]!, 0x01000193);
  return hash >>> 0;
}
