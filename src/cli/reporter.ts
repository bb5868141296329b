/** Where events go: a terminal with a bar, plain lines, or JSON. */

import type { IndexEvent } from '../indexing/index.ts';
import { lineOf, progressOf } from './lines.ts';

/** What a command writes to. */
export interface Streams {
  out: (text: string) => void;
  /** Progress and errors, so that what is on `out` may be read by programs. */
  err: (text: string) => void;
  /** Columns where `err` is a terminal and nobody said that it is a machine's. */
  columns: number | undefined;
}

export type Reporter = (event: IndexEvent) => void;

/** Progress is told this often; it comes hundreds of times a second. */
const TERMINAL_MS = 100;
const JSON_MS = 1000;
/** Problems that are shown; of a broken theme there may be one on each page. */
const MOST_PROBLEMS = 50;
const BAR_WIDTH = 24;

export function reporterOf(
  streams: Streams,
  { json, quiet }: { json: boolean; quiet: boolean },
): Reporter {
  if (quiet) return () => undefined;
  if (json) return jsonReporter(streams);
  return streams.columns === undefined ? lineReporter(streams) : barReporter(streams);
}

function jsonReporter({ out }: Streams): Reporter {
  const mayPass = atIntervals(JSON_MS);
  return (event) => {
    if (isProgress(event) && !mayPass(event)) return;
    out(`${JSON.stringify(event)}\n`);
  };
}

function lineReporter({ out, err }: Streams): Reporter {
  const lines = linesWithin();
  return (event) => {
    const line = lines(event);
    if (line !== undefined) (event.kind === 'done' ? out : err)(`${line}\n`);
  };
}

function barReporter({ out, err, columns = 80 }: Streams): Reporter {
  const lines = linesWithin();
  const mayPass = atIntervals(TERMINAL_MS);
  return (event) => {
    const progress = progressOf(event);
    if (progress && mayPass(event)) err(`${CLEAR}${barOf(progress, columns)}`);
    const line = lines(event);
    if (line === undefined) return;
    err(CLEAR);
    (event.kind === 'done' ? out : err)(`${line}\n`);
  };
}

/** To the start of the line, which is emptied. */
export const CLEAR = '\r\u001b[K';

function barOf({ text, share }: { text: string; share?: number }, columns: number): string {
  const full = Math.floor((share ?? 0) * BAR_WIDTH);
  const bar = share === undefined ? '' : `${'━'.repeat(full)}${'─'.repeat(BAR_WIDTH - full)} `;
  // One that is too long would go on in the next line, which nothing empties.
  return (bar + text).slice(0, Math.max(0, columns - 1));
}

/** `lineOf`, with as many problems as anybody reads. */
function linesWithin(): (event: IndexEvent) => string | undefined {
  let problems = 0;
  return (event) => {
    const line = lineOf(event);
    if (event.kind !== 'problem' || line === undefined) return line;
    problems++;
    if (problems < MOST_PROBLEMS) return line;
    return problems === MOST_PROBLEMS
      ? `${line}\nMore problems are counted at the end; --json tells all of them.`
      : undefined;
  };
}

function isProgress(event: IndexEvent): boolean {
  return progressOf(event) !== undefined;
}

/** The first of a kind, and others after some time. */
function atIntervals(milliseconds: number): (event: IndexEvent) => boolean {
  let last = -Infinity;
  let kind: IndexEvent['kind'] | undefined;
  return (event) => {
    const now = performance.now();
    if (event.kind === kind && now - last < milliseconds) return false;
    [last, kind] = [now, event.kind];
    return true;
  };
}
