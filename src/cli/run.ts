/** The command `nearfield`, from its words to its exit code. */

import { readFile } from 'node:fs/promises';
import { toNearfieldError } from '../contract/index.ts';
import { indexSite } from '../indexing/index.ts';
import { parseCommand, UsageError, type Command, type IndexCommand } from './arguments.ts';
import { HELP } from './help.ts';
import { faultsIn } from './lines.ts';
import { CLEAR, reporterOf, type Streams } from './reporter.ts';

export const EXIT = { done: 0, failed: 1, usage: 2, problems: 3, stopped: 130 } as const;

/** Never rejects. @param signal stops it: what was written before stays as it was */
export async function run(
  words: readonly string[],
  streams: Streams,
  signal: AbortSignal,
): Promise<number> {
  let command: Command;
  try {
    command = parseCommand(words);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    const help = words[0] === 'index' ? 'nearfield index --help' : 'nearfield --help';
    streams.err(`nearfield: ${error.message} See ${help}\n`);
    return EXIT.usage;
  }
  if (command.kind === 'index') return runIndex(command, streams, signal);
  streams.out(command.kind === 'help' ? HELP[command.of] : `${await version()}\n`);
  return EXIT.done;
}

async function runIndex(
  { options, json, quiet, strict }: IndexCommand,
  streams: Streams,
  signal: AbortSignal,
): Promise<number> {
  try {
    const onEvent = reporterOf(streams, { json, quiet });
    const report = await indexSite({ ...options, signal, onEvent });
    return strict && faultsIn(report) > 0 ? EXIT.problems : EXIT.done;
  } catch (error) {
    const { code, message } = toNearfieldError(error);
    if (json) streams.out(`${JSON.stringify({ kind: 'failed', code, message })}\n`);
    const start = streams.columns === undefined ? '' : CLEAR;
    if (code === 'aborted') {
      streams.err(`${start}nearfield: stopped; the index is as it was.\n`);
      return EXIT.stopped;
    }
    streams.err(`${start}nearfield: ${code}: ${message}\n`);
    return code === 'bad-input' ? EXIT.usage : EXIT.failed;
  }
}

async function version(): Promise<string> {
  // Two folders up from src/cli, and from dist/node.
  const file = await readFile(new URL('../../package.json', import.meta.url), 'utf8');
  return (JSON.parse(file) as { version: string }).version;
}
