#!/usr/bin/env node
/** Entry of the command `nearfield`. */

import { run } from './run.ts';

const controller = new AbortController();
process.once('SIGINT', () => {
  // The second one ends the process, as nobody listens any more.
  controller.abort();
});
process.once('SIGTERM', () => {
  controller.abort();
});

const { stdout, stderr, env } = process;
const isWatched = stderr.isTTY && !env['CI'] && env['TERM'] !== 'dumb';
process.exitCode = await run(
  process.argv.slice(2),
  {
    out: (text) => stdout.write(text),
    err: (text) => stderr.write(text),
    columns: isWatched ? stderr.columns : undefined,
  },
  controller.signal,
);
