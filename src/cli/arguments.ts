/** Words of a command line to what is asked for. */

import { parseArgs, type ParseArgsConfig } from 'node:util';
import type { IndexOptions } from '../indexing/index.ts';

/** A command line that is none: its message is for whoever wrote it. */
export class UsageError extends Error {}

export interface IndexCommand {
  kind: 'index';
  options: IndexOptions;
  /** Events as JSON, one a line, on standard output. */
  json: boolean;
  /** Nothing but errors. */
  quiet: boolean;
  /** Problems of pages make the command fail. */
  strict: boolean;
}

export type Command =
  IndexCommand | { kind: 'help'; of: 'nearfield' | 'index' } | { kind: 'version' };

const OPTIONS = {
  out: { type: 'string', short: 'o' },
  'base-url': { type: 'string' },
  'clean-urls': { type: 'boolean' },
  include: { type: 'string', multiple: true },
  exclude: { type: 'string', multiple: true },
  feeds: { type: 'string', multiple: true },
  'max-bytes': { type: 'string' },
  model: { type: 'string', short: 'm' },
  'words-only': { type: 'boolean' },
  'model-name': { type: 'string' },
  'models-url': { type: 'string' },
  'hub-url': { type: 'string' },
  revision: { type: 'string' },
  dimensions: { type: 'string' },
  'no-light': { type: 'boolean' },
  'no-queries': { type: 'boolean' },
  'passage-tokens': { type: 'string' },
  'cache-dir': { type: 'string' },
  threads: { type: 'string' },
  simd: { type: 'string' },
  'embed-url': { type: 'string' },
  'embed-model': { type: 'string' },
  json: { type: 'boolean' },
  quiet: { type: 'boolean', short: 'q' },
  strict: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const satisfies ParseArgsConfig['options'];

type Name = keyof typeof OPTIONS;

/** Throws `UsageError`. */
export function parseCommand(words: readonly string[]): Command {
  const [command, ...rest] = words;
  if (command === undefined) throw new UsageError('Expected a command.');
  if (['--help', '-h', 'help'].includes(command)) return { kind: 'help', of: 'nearfield' };
  if (['--version', '-v'].includes(command)) return { kind: 'version' };
  if (command === 'index') return parseIndex(rest);
  throw new UsageError(`Expected the command "index", got "${command}".`);
}

function parseIndex(words: readonly string[]): Command {
  const { values, positionals } = parsed(words);
  if (values.help) return { kind: 'help', of: 'index' };
  const [dir, ...more] = positionals;
  if (dir === undefined || more.length > 0) {
    throw new UsageError(`Expected one folder, got ${positionals.length}.`);
  }
  const { json = false, quiet = false, strict = false } = values;
  if (json && quiet) throw new UsageError('Expected --json or --quiet, got both.');
  if (values['words-only'] && values.model !== undefined) {
    throw new UsageError('Expected --model or --words-only, got both.');
  }
  return { kind: 'index', options: optionsOf(dir, values), json, quiet, strict };
}

type Values = ReturnType<typeof parsed>['values'];

function optionsOf(dir: string, values: Values): IndexOptions {
  const number = (name: Name): number | undefined => wholeNumber(values, name);
  const { include, exclude, feeds, model, simd, revision } = values;
  if (simd !== undefined && !isSimd(simd)) {
    throw new UsageError(`--simd: expected relaxed or simd128, got "${simd}".`);
  }
  return defined({
    dir,
    out: values.out,
    baseUrl: values['base-url'],
    cleanUrls: values['clean-urls'],
    ...{ include, exclude, feeds, simd, revision },
    maxBytes: number('max-bytes'),
    model: values['words-only'] ? (false as const) : model,
    modelName: values['model-name'],
    modelsUrl: values['models-url'],
    hubUrl: values['hub-url'],
    dimensions: number('dimensions'),
    light: values['no-light'] ? false : undefined,
    queries: values['no-queries'] ? false : undefined,
    passageTokens: number('passage-tokens'),
    cacheDir: values['cache-dir'],
    threads: number('threads'),
    embedUrl: values['embed-url'],
    embedModel: values['embed-model'],
  });
}

function parsed(words: readonly string[]) {
  try {
    return parseArgs({ args: [...words], options: OPTIONS, allowPositionals: true, strict: true });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

function wholeNumber(values: Values, name: Name): number | undefined {
  const given = values[name];
  if (given === undefined) return undefined;
  if (typeof given === 'string' && /^\d{1,15}$/.test(given)) return Number(given);
  throw new UsageError(`--${name}: expected a whole number, got "${String(given)}".`);
}

function isSimd(value: string): value is 'relaxed' | 'simd128' {
  return value === 'relaxed' || value === 'simd128';
}

/** Without what was not given. */
function defined<T extends object>(options: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  const given = Object.entries(options).filter(([, value]) => value !== undefined);
  return Object.fromEntries(given) as { [K in keyof T]: Exclude<T[K], undefined> };
}
