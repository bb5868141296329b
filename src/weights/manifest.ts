import { NearfieldError, type Pooling, type Prompts, type SelfTest } from '../contract/index.ts';

/** `nearfield.json` of a model folder: what the hub's own files cannot say. Every field optional. */
export interface Manifest {
  revision?: string;
  pooling?: Pooling;
  prompts?: Prompts;
  defaultTask?: string;
  dimensions?: number;
  matryoshka?: { min: number };
  maxTokens?: number;
  /** SHA-256 of each file, by its path. */
  sha256?: Readonly<Record<string, string>>;
  selfTest?: SelfTest;
}

/** Checks a manifest field by field. Throws `bad-model` with the field, what was expected and what came. */
export function parseManifest(value: unknown): Manifest {
  if (value === undefined) return {};
  if (!isRecord(value)) throw wrong('', 'an object', value);
  const checked: Record<string, unknown> = {};
  for (const [field, [expected, accepts]] of Object.entries(FIELDS)) {
    const given = own(value, field);
    if (given === undefined) continue;
    if (!accepts(given)) throw wrong(field, expected, given);
    checked[field] = given;
  }
  return checked;
}

/** A property that the object itself has: hostile JSON must not reach the prototype. */
export function own(value: unknown, key: string): unknown {
  return isRecord(value) && Object.hasOwn(value, key) ? value[key] : undefined;
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

type Check = (value: unknown) => boolean;

const isText: Check = (value) => typeof value === 'string';
const isCount: Check = (value) => Number.isSafeInteger(value) && (value as number) > 0;
const isNumber: Check = (value) => typeof value === 'number' && Number.isFinite(value);

const FIELDS: Readonly<Record<keyof Manifest, [expected: string, accepts: Check]>> = {
  revision: ['a string that is not empty', (value) => isText(value) && value !== ''],
  pooling: [
    '"mean", "cls" or "last"',
    (value) => ['mean', 'cls', 'last'].includes(value as string),
  ],
  prompts: [
    '{ query, document } strings',
    (value) => isText(own(value, 'query')) && isText(own(value, 'document')),
  ],
  defaultTask: ['a string', isText],
  dimensions: ['a positive integer', isCount],
  matryoshka: ['{ min } with a positive integer', (value) => isCount(own(value, 'min'))],
  maxTokens: ['a positive integer', isCount],
  sha256: [
    'an object of 64-digit hex strings',
    (value) =>
      isRecord(value) &&
      Object.values(value).every((hash) => isText(hash) && /^[0-9a-f]{64}$/.test(hash as string)),
  ],
  selfTest: ['{ text, vector, minCosine } or { texts, cosines, tolerance }', isSelfTest],
};

function isSelfTest(value: unknown): boolean {
  const vector = own(value, 'vector');
  if (vector !== undefined) {
    const short = own(value, 'short');
    return (
      isKnownVector(value) &&
      isNumber(own(value, 'minCosine')) &&
      (short === undefined || isKnownVector(short))
    );
  }
  const texts = own(value, 'texts');
  const cosines = own(value, 'cosines');
  if (!Array.isArray(texts) || !texts.every(isText) || !Array.isArray(cosines)) return false;
  const index: Check = (at) =>
    Number.isInteger(at) && (at as number) >= 0 && (at as number) < texts.length;
  return (
    isNumber(own(value, 'tolerance')) &&
    cosines.every(
      (pair) => index(own(pair, 'a')) && index(own(pair, 'b')) && isNumber(own(pair, 'value')),
    )
  );
}

function isKnownVector(value: unknown): boolean {
  const vector = own(value, 'vector');
  return isText(own(value, 'text')) && Array.isArray(vector) && vector.every(isNumber);
}

function wrong(field: string, expected: string, got: unknown): NearfieldError {
  const name = field ? `nearfield.json: ${field}` : 'nearfield.json';
  return new NearfieldError(
    'bad-model',
    `${name}: expected ${expected}, got ${JSON.stringify(got).slice(0, 80)}.`,
  );
}
