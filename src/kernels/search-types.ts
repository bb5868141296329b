/**
 * What a search module offers: vectors as sign bits and int8 in segments (search-layout.ts), and
 * scans of them. As in types.ts, pointers are byte offsets into the module's memory, the first
 * RESERVED_BYTES are its own, and nothing is checked.
 *
 * Rows are numbered through all segments, which lie end to end; row r is in segment
 * r / SEGMENT_ROWS. `width` is a multiple of WIDTH_STEP, MAX_WIDTH at most. All results but lengths
 * are the same bits in every build: no step is fused.
 */

/** From float32 rows to what is scanned. */
export interface EncodeKernels {
  /**
   * out[r] = x[r] - mean, with zeros up to `width`; and the bias dot(mean, x[r]) into the factors of
   * row first + r.
   *
   * @param x float32 [rows][dimensions], `dimensions` at most `width`
   * @param mean float32 [width], zeros from `dimensions` on
   * @param out float32 [rows][width]
   */
  centreRows(
    x: number,
    rows: number,
    dimensions: number,
    width: number,
    mean: number,
    out: number,
    segments: number,
    first: number,
  ): void;

  /**
   * A random rotation, in place: rotationRounds(width) times, signs are changed and a Walsh-Hadamard
   * transform divided by the root of its size is applied to transformSize(width) values, the first
   * ones and the last ones in turn. (Ailon and Chazelle 2009, "The fast Johnson-Lindenstrauss
   * transform"; for widths that are no power of two as in RaBitQ's FhtKac rotator.)
   *
   * @param y float32 [rows][width]
   * @param signs uint32 [rounds][width]: 2^31 where a sign changes, else 0
   */
  rotateRows(y: number, rows: number, width: number, signs: number): void;

  /**
   * Rows as sign bits and as int8 (scale: largest magnitude / 127; ties to even) at row first + r,
   * with their factors: scale, sum of the int8 values, and the length of what rounding took away.
   *
   * @param y float32 [rows][width]
   * @param norms float32 [rows], out: lengths of the rows
   */
  encodeRows(
    y: number,
    rows: number,
    width: number,
    segments: number,
    first: number,
    norms: number,
  ): void;

  /**
   * A rotated query as scans take it. As of rows, what is below 1e-30 counts as 0.
   *
   * @param y float32 [width]
   * @param bytes uint8 [width], out: y / scale, ties to even, + QUERY_OFFSET
   * @param bits uint8 [width / 8], out: sign bits
   * @param known float32 [3], out: scale (largest magnitude / 63), length of what rounding took away,
   * length of y
   */
  encodeQuery(y: number, width: number, bytes: number, bits: number, known: number): void;
}

export interface ScanKernels {
  /** Heads (where rows of this width have any) and leans of the rows [from, to), from bits and biases. */
  deriveRows(width: number, segments: number, from: number, to: number): void;

  /**
   * Distances of the rows [from, to) whose bit is set in the bitmap at `mask` of their segment, into its
   * results; EXCLUDED for the others. Adds 1 to the count of each distance found.
   *
   * A distance is the number of bits that differ, less (slope * lean + shift) >> 16 of the row: what its
   * bias makes up for. Below 0 it is 0, above 8 * bytes that.
   *
   * @param query uint8 [bytes]: sign bits
   * @param bytes of a row that are compared: width / 8, or headBytes(width) for heads alone
   * @param mask byte offset in a segment: its `alive` or its `mask`
   * @param counts uint32 [bytes * 8 + 1], in and out
   * @param slope 0 to 2^15 - 1
   * @param shift of a magnitude up to 2^30
   */
  scanBits(
    query: number,
    width: number,
    bytes: number,
    segments: number,
    from: number,
    to: number,
    mask: number,
    counts: number,
    slope: number,
    shift: number,
  ): void;

  /**
   * Numbers of the rows of [from, to) that scanBits found nearer than `threshold`, and of the first
   * `quota` that are as near, in rising order. Gives how many.
   *
   * @param list uint32, out
   */
  selectRows(
    width: number,
    segments: number,
    from: number,
    to: number,
    threshold: number,
    quota: number,
    list: number,
  ): number;

  /**
   * As scanBits, by all sign bits of listed rows.
   *
   * @param query uint8 [width / 8]: sign bits
   * @param list uint32 [count] row numbers
   * @param distances uint16 [count], out
   * @param counts uint32 [width + 1], in and out
   */
  measureRows(
    query: number,
    width: number,
    segments: number,
    list: number,
    count: number,
    distances: number,
    counts: number,
    slope: number,
    shift: number,
  ): void;

  /**
   * Scores of the rows [from, to) whose bit is set in the bitmap at `mask` of their segment, into its
   * results: (dot(query, codes) - QUERY_OFFSET * sum) * (factor * scale) + bias + offset, in float32
   * from left to right; -Infinity for the others.
   *
   * @param query uint8 [width], QUERY_MAX at most: int8 values + QUERY_OFFSET
   * @param mask byte offset in a segment: its `alive` or its `mask`
   */
  scanBytes(
    query: number,
    width: number,
    segments: number,
    from: number,
    to: number,
    mask: number,
    factor: number,
    offset: number,
  ): void;

  /**
   * As scanBytes, of listed rows.
   *
   * @param list uint32 [count] row numbers
   * @param scores float32 [count], out
   */
  scoreRows(
    query: number,
    width: number,
    segments: number,
    list: number,
    count: number,
    factor: number,
    offset: number,
    scores: number,
  ): void;

  /**
   * dot(query, row) of float32 rows that lie end to end: products and four sums in float64, in the
   * order of src/vectors/dot.ts, rounded to float32 at the end.
   *
   * @param scores float32 [count], out
   */
  dotRows(query: number, rows: number, count: number, dimensions: number, scores: number): void;

  /** XXH32 (Collet) of `bytes` bytes at `at`; -1 and below stand for 2^31 and above. */
  checksum(at: number, bytes: number, seed: number): number;
}

export type SearchKernels = EncodeKernels & ScanKernels;
