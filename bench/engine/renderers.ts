/** Memory of a browser's renderers, as Linux counts it. */

import { readdir, readFile } from 'node:fs/promises';

interface Process {
  id: string;
  parent: string;
  command: string;
}

/**
 * Peak resident bytes (VmHWM) of the largest renderer among the processes of a browser; workers live
 * in their page's renderer. Throws where there is no /proc.
 *
 * @param profile the browser's own, by which it is found
 */
export async function peakOfRenderers(profile: string): Promise<number> {
  const processes = await listProcesses();
  const family = new Set<string>();
  for (let before = -1; family.size > before;) {
    before = family.size;
    for (const { id, parent, command } of processes) {
      if (family.has(parent) || command.includes(`--user-data-dir=${profile}`)) family.add(id);
    }
  }
  const renderers = processes.filter(
    ({ id, command }) => family.has(id) && command.includes('--type=renderer'),
  );
  const peaks = await Promise.all(renderers.map(({ id }) => peakOf(id)));
  if (peaks.length === 0) throw new Error('Found no renderer of the browser');
  return Math.max(...peaks);
}

async function listProcesses(): Promise<Process[]> {
  const ids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const found = await Promise.all(
    ids.map(async (id) => {
      const [stat, command] = await Promise.all([read(id, 'stat'), read(id, 'cmdline')]);
      // The name in the second field may hold anything, brackets too.
      const [, parent = ''] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      return { id, parent, command };
    }),
  );
  return found.filter(({ command }) => command !== '');
}

async function peakOf(id: string): Promise<number> {
  const kilobytes = /VmHWM:\s+(\d+) kB/.exec(await read(id, 'status'))?.[1];
  return Number(kilobytes ?? 0) * 1024;
}

/** Empty when the process has ended meanwhile. */
async function read(id: string, file: string): Promise<string> {
  return readFile(`/proc/${id}/${file}`, 'utf8').catch(() => '');
}
