/** Vectors that were made before, on disk. */

import { createHash } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';

const FOLDER = new URL('../../.cache/recall/', import.meta.url);

/** Vectors under a name that says all that they depend on; `make` is called where there are none. */
export async function keptVectors(
  name: readonly unknown[],
  make: () => Promise<Float32Array>,
): Promise<Float32Array> {
  const hash = createHash('sha256').update(JSON.stringify(name)).digest('hex').slice(0, 32);
  const file = new URL(`${hash}.f32`, FOLDER);
  const found = await readFile(file).catch(() => undefined);
  if (found) return new Float32Array(Uint8Array.from(found).buffer);
  const made = await make();
  await mkdir(FOLDER, { recursive: true });
  await writeFile(file, new Uint8Array(made.buffer, made.byteOffset, made.byteLength));
  return made;
}
