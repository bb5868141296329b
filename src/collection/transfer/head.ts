import { DTYPES, NearfieldError, type Dtype } from '../../contract/index.ts';
import { isRecord } from '../documents.ts';
import { MIN_PASSAGE_CHARACTERS } from '../../passages/index.ts';
import { plainSpec } from '../spec.ts';
import type { VectorSpec } from '../wire.ts';
import { MAX_DIMENSIONS } from './exported.ts';

/** What an export says of its collection before the first document. */
export interface ExportHead extends VectorSpec {
  name: string;
  /** What made the vectors, as far as known. */
  dtypes: readonly Dtype[];
  passageCharacters: number;
  /** As many as there were when the export began: for progress, not to rely on. */
  documents: number;
  passages: number;
}

const POOLINGS = ['mean', 'cls', 'last'];

/** Throws `bad-input`, naming the field. Fields that this version does not know are left out. */
export function checkedHead(value: unknown): ExportHead {
  if (!isRecord(value)) throw badHead('the head', 'an object', value);
  for (const [field, [expected, isRight]] of Object.entries(FIELDS)) {
    if (!isRight(value[field])) throw badHead(field, expected, value[field]);
  }
  // Just proved, field by field.
  const head = value as unknown as ExportHead;
  const { name, dtypes, passageCharacters, documents, passages } = head;
  return { name, ...plainSpec(head), dtypes, passageCharacters, documents, passages };
}

type Rule = readonly [expected: string, isRight: (value: unknown) => boolean];

const FIELDS: Readonly<Record<keyof ExportHead, Rule>> = {
  name: ['a string', isString],
  model: ['a string', isString],
  revision: ['a string', isString],
  pooling: [
    `one of ${POOLINGS.join(', ')}, or nothing`,
    (value) => value === undefined || (isString(value) && POOLINGS.includes(value)),
  ],
  dimensions: wholeNumber(1, MAX_DIMENSIONS),
  dtypes: [
    `a list of ${DTYPES.join(', ')}`,
    (value) => Array.isArray(value) && value.every((dtype) => DTYPES.includes(dtype as Dtype)),
  ],
  passageCharacters: wholeNumber(MIN_PASSAGE_CHARACTERS, Number.MAX_SAFE_INTEGER),
  documents: wholeNumber(0, Number.MAX_SAFE_INTEGER),
  passages: wholeNumber(0, Number.MAX_SAFE_INTEGER),
};

function wholeNumber(least: number, most: number): Rule {
  const isRight = (value: unknown) =>
    Number.isSafeInteger(value) && (value as number) >= least && (value as number) <= most;
  return [`a whole number from ${least} to ${most}`, isRight];
}

function isString(value: unknown): value is string {
  return typeof value === 'string';
}

function badHead(field: string, expected: string, got: unknown): NearfieldError {
  const said = JSON.stringify(got)?.slice(0, 80) ?? 'nothing';
  return new NearfieldError(
    'bad-input',
    `The head of a .nearfield file: ${field} must be ${expected}, got ${said}. ` +
      'Export the collection again.',
  );
}
