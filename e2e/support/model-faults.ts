/** Faults of the test server, chosen by what stands before a path. */

export interface Faults {
  /** Answer with this status and nothing else. */
  status?: number;
  /** Close the socket after so many bytes of a body, the first time only. */
  cutAt?: { bytes: number; key: string };
  /** Flip the lowest bit of the file's byte at this offset. */
  flip?: number;
  /** Milliseconds to wait before each piece of 64 KiB. */
  slow?: number;
  /** Neither Content-Length nor ranges. */
  noLength?: boolean;
}

export interface FaultyPath {
  path: string;
  faults: Faults;
}

/**
 * Prefixes, which may be chained (`/faults/slow/50/faults/flip/9000/models/tiny/…`):
 *
 * - `/faults/404/…`, `/faults/500/…`: any status, always
 * - `/faults/once-503/TOKEN/…`: the status, the first time that path and token are asked for
 * - `/faults/cut-at/BYTES/…` or `/faults/cut-at/BYTES-TOKEN/…`: the first time only
 * - `/faults/flip/OFFSET/…`, `/faults/slow/MS/…`, `/faults/no-length/…`
 *
 * Files shorter than BYTES or OFFSET are served whole, so a large number spares the small files.
 */
export function parseFaults(url: string, firstTime: (key: string) => boolean): FaultyPath {
  const faults: Faults = {};
  let path = url;
  while (path.startsWith('/faults/')) {
    const [, , kind = '', ...rest] = path.split('/');
    path = '/' + takeFault(kind, rest, faults, firstTime).join('/');
  }
  return { path, faults };
}

/** Writes the fault into `faults`; gives the parts of the path that follow it. */
function takeFault(
  kind: string,
  parts: string[],
  faults: Faults,
  firstTime: (key: string) => boolean,
): string[] {
  const [argument = '', ...after] = parts;
  if (/^\d{3}$/.test(kind)) {
    faults.status = Number(kind);
    return parts;
  }
  if (kind === 'no-length') {
    faults.noLength = true;
    return parts;
  }
  const once = /^once-(\d{3})$/.exec(kind);
  if (once) {
    if (firstTime(`${kind}/${parts.join('/')}`)) faults.status = Number(once[1]);
    return after;
  }
  const number = Number.parseInt(argument, 10);
  if (kind === 'cut-at') faults.cutAt = { bytes: number, key: `${kind}/${parts.join('/')}` };
  else if (kind === 'flip') faults.flip = number;
  else if (kind === 'slow') faults.slow = number;
  if (Number.isNaN(number) || !['cut-at', 'flip', 'slow'].includes(kind)) {
    throw new Error(`No such fault: ${kind}/${argument}`);
  }
  return after;
}
