/** Times of one call after another, the sides taking turns. */

import type { Setup } from '../pages/contestant.ts';
import { leastCosine, toRow, type ResultRow } from '../results.ts';
import type { SpeedCase } from './cases.ts';
import { Side, type Answer, type SideName } from './side.ts';

export interface Plan {
  url: string;
  rivals: readonly Exclude<SideName, 'ours'>[];
  /** Instead of each case's own number. */
  rounds?: number;
  /** Instead of the number of the case. */
  wllamaRounds?: number;
  runtime: NonNullable<Setup['runtime']>;
}

export const RIVAL_NAMES = {
  'transformers.js': 'transformers.js 4.3.1',
  wllama: 'wllama 3.8.1',
} as const;

/** Two that compute the same model agree much better; noise of 4-bit weights and int8 activations. */
const SAME_MODEL = 0.98;

/**
 * Cases that follow each other with the same setup share their loaded models.
 *
 * @param finish takes the rows of each case as it is done
 */
export async function measureSpeed(
  cases: readonly SpeedCase[],
  plan: Plan,
  finish: (rows: readonly ResultRow[]) => Promise<void>,
): Promise<void> {
  let stage: SpeedStage | undefined;
  try {
    for (const row of cases) {
      if (!stage?.suits(row)) {
        await stage?.close();
        stage = await SpeedStage.open(row, plan);
      }
      await finish(await stage.measure(row));
    }
  } finally {
    await stage?.close();
  }
}

class SpeedStage {
  readonly #sides: readonly Side[];
  readonly #plan: Plan;
  readonly #key: string;

  private constructor(sides: readonly Side[], plan: Plan, key: string) {
    this.#sides = sides;
    this.#plan = plan;
    this.#key = key;
  }

  static async open(row: SpeedCase, plan: Plan): Promise<SpeedStage> {
    const sides: Side[] = [];
    const stage = new SpeedStage(sides, plan, stageKey(row));
    try {
      for (const name of ['ours', ...plan.rivals] as const) {
        if (name === 'wllama' && row.wllamaRounds === 0) continue;
        const side = await Side.open(name, plan.url);
        sides.push(side);
        const { milliseconds, runsOn } = await side.load({ ...row.setup, runtime: plan.runtime });
        console.log(`${name} loaded in ${Math.round(milliseconds)} ms: ${runsOn}`);
        if (name === 'ours') checkRun(runsOn, row.setup, plan);
      }
    } catch (error) {
      await stage.close();
      throw error;
    }
    return stage;
  }

  suits(row: SpeedCase): boolean {
    return this.#key === stageKey(row);
  }

  async measure(row: SpeedCase): Promise<ResultRow[]> {
    // One short call, not the case itself: that may take minutes.
    const [first = ''] = row.texts;
    for (const side of this.#sides) await side.embed({ ...row, texts: [first] });
    const answers = new Map(this.#sides.map(({ name }) => [name, [] as Answer[]]));
    const rounds = this.#plan.rounds ?? row.rounds;
    for (let round = 0; round < rounds; round++) {
      for (const side of this.#sides) {
        if (round >= this.#roundsOf(side.name, row)) continue;
        const answer = await side.embed(row);
        answers.get(side.name)!.push(answer);
        console.log(`${row.name}, ${side.name}: ${Math.round(answer.milliseconds)} ms`);
      }
    }
    return this.#compare(row, answers);
  }

  #roundsOf(side: SideName, row: SpeedCase): number {
    const { rounds = row.rounds, wllamaRounds = Math.min(rounds, row.wllamaRounds) } = this.#plan;
    return side === 'wllama' ? wllamaRounds : rounds;
  }

  #compare(row: SpeedCase, answers: ReadonlyMap<SideName, Answer[]>): ResultRow[] {
    const ours = answers.get('ours') ?? [];
    return this.#plan.rivals.flatMap((rival) => {
      const theirs = answers.get(rival) ?? [];
      if (theirs.length === 0) return [];
      const cosine = leastCosine(ours[0]!.vectors, theirs[0]!.vectors);
      if (!(cosine > SAME_MODEL)) {
        throw new Error(`${row.name}: ours and ${rival} agree to a cosine of ${cosine} only`);
      }
      const result = toRow({
        case: row.name,
        metric: 'time',
        unit: 'ms',
        rival: RIVAL_NAMES[rival],
        ours: ours.map(({ milliseconds }) => milliseconds),
        theirs: theirs.map(({ milliseconds }) => milliseconds),
      });
      console.log(`${row.name} against ${rival}: ${result.ratio}, least cosine ${cosine}`);
      if (rival === 'transformers.js') console.log(verdict(result.ratio, row.target));
      return [result];
    });
  }

  async close(): Promise<void> {
    for (const side of this.#sides) await side.close();
  }
}

function stageKey({ setup, wllamaRounds }: SpeedCase): string {
  return JSON.stringify([setup, wllamaRounds > 0]);
}

/** Guards against figures of another engine than the one that was asked for. */
function checkRun(runsOn: string, setup: Setup, { runtime }: Plan): void {
  const simd = setup.simd ?? (runtime === 'native' ? 'relaxed' : 'simd128');
  const expected = [runtime, simd, `threads: ${setup.threads}`];
  const missing = expected.filter((word) => !runsOn.includes(word));
  if (missing.length > 0) throw new Error(`Ours runs on ${runsOn}, not on ${missing.join(', ')}`);
}

function verdict(ratio: number, target: number): string {
  return ratio >= target ? `reaches its goal of ${target}` : `MISSES its goal of ${target}`;
}
