import { describe, expect, it } from 'vitest';
import { planOf } from './plan.ts';

describe('planOf', () => {
  it('is exact up to 20,000 rows, then by bits where rows are wide', () => {
    expect(planOf(10, 20_000, 1024, undefined, undefined).mode).toBe('exact');
    expect(planOf(10, 20_001, 1024, undefined, undefined).mode).toBe('bits');
    expect(planOf(10, 100_000, 1024, undefined, undefined)).toEqual({
      mode: 'bits',
      candidates: 400,
      rescored: 30,
    });
  });

  it('takes more candidates of narrower rows', () => {
    const { mode, candidates } = planOf(10, 117_791, 384, undefined, undefined);
    expect(mode).toBe('bits');
    expect(candidates).toBeGreaterThan(5000);
    expect(candidates).toBeLessThan(7000);
    expect(planOf(40, 100_000, 384, undefined, undefined).mode).toBe('bits');
  });

  it('stays exact where an eighth of the rows are fewer than are wanted', () => {
    expect(planOf(200, 117_791, 384, undefined, undefined).mode).toBe('exact');
    expect(planOf(10, 100_000, 128, undefined, undefined).mode).toBe('exact');
  });

  it('stays exact where more candidates are wanted than it has room for', () => {
    expect(planOf(200, 300_000, 384, undefined, undefined).mode).toBe('exact');
    expect(planOf(10, 1_000_000, 128, undefined, undefined).mode).toBe('exact');
    expect(planOf(10, 1_000_000, 128, false, undefined)).toMatchObject({ candidates: 32_768 });
  });

  it('goes by bits where it is told to, with no more candidates than an eighth of the rows', () => {
    expect(planOf(200, 60_000, 384, false, undefined)).toMatchObject({ candidates: 7500 });
    expect(planOf(10, 100, 384, false, undefined).mode).toBe('exact');
    expect(planOf(10, 60_000, 384, false, 1000)).toMatchObject({ candidates: 1000 });
    expect(planOf(10, 60_000, 384, false, 10_000).mode).toBe('exact');
  });
});
