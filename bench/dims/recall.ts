/**
 * How many rows of each width and precision have to be looked at again so that the ten nearest are
 * among them: candidates by few bits, whose float32 scores would then decide.
 */

import { cut, type Corpus, type Vectors } from '../search/corpora.ts';
import { TopK } from '../../src/vectors/top-k.ts';
import type { OwnRow } from '../results.ts';
import { PRECISIONS, scorersOf, type Precision, type Score } from './precisions.ts';

/** Hits that are asked for. */
const K = 10;

/** Rows that are looked at again; ten are those that are found already. */
const CANDIDATES = [10, 30, 100, 300, 1000, 3000, 10_000];

const MOST = Math.max(...CANDIDATES);

/** For each question the numbers of the ten nearest rows. */
type Nearest = readonly Uint32Array[];

/**
 * Rows `{corpus}/{width}/{precision}/{candidates}`: the share of the ten nearest that are among the
 * candidates, of those by float32 scores of all values (`recall@10`), and of those by float32 scores of
 * the same values where those are fewer (`recall@10, same width`).
 *
 * @param widths from the whole width down
 */
export async function recallRows(
  { name, rows, width }: Corpus,
  vectors: Vectors,
  widths: readonly number[],
  questions: number,
): Promise<OwnRow[]> {
  const whole = vectors.rows(0, rows);
  const asked = new Float32Array(questions * width);
  for (let i = 0; i < questions; i++) asked.set(vectors.question(i), i * width);
  let nearest: Nearest | undefined;
  const results: OwnRow[] = [];
  for (const dimensions of widths) {
    const cuts = [whole, asked].map((values) =>
      dimensions === width ? values : cut(values, width, dimensions),
    );
    const scores = await scorersOf(cuts[0]!, cuts[1]!, dimensions);
    const same = nearestBy(scores.float32, questions);
    nearest ??= same;
    const wanted = {
      'recall@10': nearest,
      ...(same !== nearest && { 'recall@10, same width': same }),
    };
    for (const precision of PRECISIONS) {
      const found = measure(scores[precision], questions, wanted);
      for (const [metric, ranks] of Object.entries(found)) {
        results.push(...toRows(`${name}/${dimensions}/${precision}`, metric, ranks));
      }
      print(name, dimensions, precision, results);
    }
  }
  return results;
}

function nearestBy(score: Score, questions: number): Nearest {
  return Array.from({ length: questions }, (_, question) => {
    const best = new TopK(K);
    score(question).forEach((value, row) => {
      best.offer(value, row);
    });
    return best.drain().rows;
  });
}

/** For each question, where the rows wanted stand in the order of scores, 0 for the first. */
function measure(
  score: Score,
  questions: number,
  wanted: Readonly<Record<string, Nearest>>,
): Record<string, number[][]> {
  const found: Record<string, number[][]> = {};
  for (let question = 0; question < questions; question++) {
    const scores = score(question);
    for (const [metric, nearest] of Object.entries(wanted)) {
      (found[metric] ??= []).push(ranksOf(nearest[question]!, scores));
    }
  }
  return found;
}

/** Ties by row number, as in the index. Ranks past the most candidates are not told apart. */
function ranksOf(rows: Uint32Array, scores: Float32Array): number[] {
  return Array.from(rows, (row) => {
    const own = scores[row]!;
    let rank = 0;
    for (let other = 0; other < scores.length && rank < MOST; other++) {
      if (scores[other]! > own || (scores[other]! === own && other < row)) rank++;
    }
    return rank;
  });
}

function toRows(name: string, metric: string, ranks: readonly number[][]): OwnRow[] {
  return CANDIDATES.map((candidates) => {
    const shares = ranks.map((own) => own.filter((rank) => rank < candidates).length / own.length);
    return {
      case: `${name}/${candidates}`,
      metric,
      unit: 'share',
      // A mean: the median of single questions would nearly always be 1.
      ours: Number((shares.reduce((sum, share) => sum + share, 0) / shares.length).toFixed(4)),
      n: shares.length,
      min: Math.min(...shares),
      max: Math.max(...shares),
    };
  });
}

function print(name: string, dimensions: number, precision: Precision, rows: OwnRow[]): void {
  const own = rows.filter((row) => row.case.startsWith(`${name}/${dimensions}/${precision}/`));
  for (const metric of new Set(own.map((row) => row.metric))) {
    const shares = own.filter((row) => row.metric === metric).map(({ ours }) => ours.toFixed(4));
    console.log(`${name}, ${dimensions}, ${precision}, ${metric}: ${shares.join(' ')}`);
  }
}
