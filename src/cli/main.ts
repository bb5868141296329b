#!/usr/bin/env node
/** Entry of the command `nearfield`. */

import { EXIT, run } from './run.ts';

/** As shells have them: 128 and the number of the signal. */
const ENDED = { terminated: 143, unread: 141 } as const;

const controller = new AbortController();
let stopped: number = EXIT.stopped;
function stop(code: number): void {
  if (!controller.signal.aborted) stopped = code;
  controller.abort();
}

process.once('SIGINT', () => {
  // The second one ends the process, as nobody listens any more.
  stop(EXIT.stopped);
});
process.once('SIGTERM', () => {
  stop(ENDED.terminated);
});

const { stdout, stderr, env } = process;
let isRead = true;
for (const stream of [stdout, stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    // Whoever read it, like `head`, has enough.
    isRead = false;
    stop(ENDED.unread);
  });
}

const isWatched = stderr.isTTY && !env['CI'] && env['TERM'] !== 'dumb';
const code = await run(
  process.argv.slice(2),
  {
    out: (text) => isRead && stdout.write(text),
    err: (text) => isRead && stderr.write(text),
    columns: isWatched ? stderr.columns : undefined,
  },
  controller.signal,
);
process.exitCode = code === EXIT.stopped ? stopped : code;
