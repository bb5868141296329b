/**
 * AssemblyScript's compiler. A process of its own: its declarations of what arrays and numbers can
 * do would hold for every tool that imported it.
 */

import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const ASC = fileURLToPath(new URL('../node_modules/assemblyscript/bin/asc.js', import.meta.url));

/** Throws with the compiler's messages. */
export async function assemble(
  entry: string,
  output: string,
  flags: readonly string[],
): Promise<void> {
  // Without the flag, which it wants for its messages, it would start itself once more.
  const args = ['--enable-source-maps', ASC, entry, '--outFile', output, ...flags];
  try {
    const { stderr } = await promisify(execFile)(process.execPath, args);
    if (stderr !== '') console.warn(stderr);
  } catch (cause) {
    const { stderr = '', message } = cause as Error & { stderr?: string };
    throw new Error(`${entry} does not compile: ${stderr || message}`, { cause });
  }
}
