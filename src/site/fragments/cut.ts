/** Where rows are cut into files of texts: writer and reader find it out alike, so nothing says it. */

/**
 * Words of a file's texts, about; a passage's title, address and so on count as some more. Ten results
 * lie in ten files, nearly always: with 600 words they move 15 KB out of 6,000 files for 10,000 pages,
 * with 400 words 10 KB out of 9,600, where some hosts take 20,000 files at most.
 */
const FILE_WORDS = 600;
const BESIDE = 20;

/**
 * @param lengths words in each row
 * @returns first row of each file
 */
export function cutFragments(lengths: Uint32Array): number[] {
  const starts: number[] = [];
  let filled = Infinity;
  for (const [row, length] of lengths.entries()) {
    filled += length + BESIDE;
    if (filled <= FILE_WORDS) continue;
    starts.push(row);
    filled = length + BESIDE;
  }
  return starts;
}
