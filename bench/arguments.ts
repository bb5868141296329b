/** What the benchmarks are told on the command line. */

/** Items of a list of one's own, all of them known. */
export function chosen<T extends string>(option: string, list: string, known: readonly T[]): T[] {
  return list.split(',').map((item) => {
    const found = known.find((name) => name === item);
    if (found === undefined) throw new Error(`--${option}: ${item} is none of ${known.join(', ')}`);
    return found;
  });
}
