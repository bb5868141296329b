/** The sum of embeddings that a BERT begins with: words, positions, perhaps types. */

import type { BertModel, Table } from './model.ts';
import type { Probe } from './probe/run.ts';
import { streamAt, type Stream } from './streams.ts';
import { denseTable, lookupAt, rowTable } from './table.ts';
import { unknown } from './unknown.ts';
import type { GraphView } from './view.ts';

type Embeddings = Pick<
  BertModel,
  'wordTable' | 'positionTable' | 'positionOffset' | 'positions' | 'typeTable'
>;

type Role = 'word' | 'position' | 'type';

interface Part {
  role: Role;
  table: Table;
  /** Of positions: the row of the first token. */
  offset: number;
}

/** Seen in two texts, so that a length that one of them happens to have proves nothing. */
export function bertEmbeddings(
  view: GraphView,
  probes: readonly [Probe, Probe],
  stream: Stream,
  hidden: number,
): Embeddings {
  if (stream.bias) unknown('a bias is added to its embeddings');
  const parts = (stream.terms ?? [])
    .flatMap((term) => leaves(view, term))
    .map((name) => {
      const [a, b] = probes.map((probe) => partAt(view, probe, name, hidden));
      if (a?.role !== b?.role || a?.offset !== b?.offset)
        unknown('its positions change with the text');
      return a!;
    });
  const of = (role: Role) => {
    const found = parts.filter((part) => part.role === role);
    return found.length > 1 ? unknown(`it has two ${role} embeddings`) : found[0];
  };
  const [word, position, type] = [of('word'), of('position'), of('type')];
  if (!word || !position) unknown('its embeddings are not those of words and positions');
  const positions = position.table.rows - position.offset;
  if (positions < 1) unknown('its position table is shorter than its offset');
  return {
    wordTable: word.table,
    positionTable: position.table,
    positionOffset: position.offset,
    positions,
    ...(type && { typeTable: type.table }),
  };
}

/** Sums of three come as two additions. */
function leaves(view: GraphView, name: string, depth = 0): string[] {
  if (depth > 3) unknown('its embeddings have too many parts');
  const { id, terms } = streamAt(view, name);
  return terms ? terms.flatMap((term) => leaves(view, term, depth + 1)) : [id];
}

function partAt(view: GraphView, probe: Probe, name: string, hidden: number): Part {
  const elements = probe.value(name)?.dims;
  if (elements?.at(-1) !== hidden) unknown('its embeddings are not all of one width');
  const row = rowTable(view, name, hidden);
  if (row) return { role: 'type', table: row, offset: 0 };
  const spread = beforeSpreading(view, probe, name);
  return sliceAt(view, probe, spread, hidden) ?? lookedUp(view, probe, spread, hidden);
}

/** Before axes of one element, or copies for a batch, that lead nowhere with one text. */
function beforeSpreading(view: GraphView, probe: Probe, name: string): string {
  let at = view.root(name);
  for (;;) {
    const maker = view.maker(at);
    if (!maker || !['Unsqueeze', 'Squeeze', 'Expand'].includes(maker.op)) return at;
    const before = view.root(maker.node.inputs[0]!);
    const long = (value: string) =>
      probe
        .value(value)
        ?.dims.filter((dim) => dim !== 1)
        .join();
    if (long(before) !== long(at)) return at;
    at = before;
  }
}

/** Rows cut out of the position table. */
function sliceAt(view: GraphView, probe: Probe, name: string, hidden: number): Part | undefined {
  const maker = view.maker(name);
  if (maker?.op !== 'Slice') return undefined;
  const [source, starts, ends, axes, steps] = maker.node.inputs;
  const table = denseTable(view, source!);
  const one = (input: string | undefined) => {
    const numbers = input ? probe.numbers(input) : undefined;
    return numbers?.length === 1 ? numbers[0]! : NaN;
  };
  const offset = one(starts);
  const usual =
    table?.width === hidden &&
    offset >= 0 &&
    one(ends) === offset + probe.length &&
    (!axes || one(axes) === 0) &&
    (!steps || one(steps) === 1);
  if (!usual) unknown('its positions are cut out of a table in an unknown way');
  return { role: 'position', table, offset };
}

function lookedUp(view: GraphView, probe: Probe, name: string, hidden: number): Part {
  const found = lookupAt(view, name);
  if (found?.table.width !== hidden) unknown('its embeddings are no look-ups');
  const { table, rows } = found;
  if (rows === 'input_ids') return { role: 'word', table, offset: 0 };
  const numbers = probe.numbers(rows);
  const first = numbers?.[0];
  if (first === undefined) unknown('rows of its embeddings are looked up by unknown numbers');
  if (rows === 'token_type_ids' || numbers!.every((row) => row === 0)) {
    return zeroType(probe, numbers!, table);
  }
  const counting =
    numbers!.length === probe.length && numbers!.every((row, i) => row === first + i);
  return counting && first >= 0
    ? { role: 'position', table, offset: first }
    : unknown('its positions do not count the tokens');
}

function zeroType(probe: Probe, rows: readonly number[], table: Table): Part {
  const whole = rows.length === probe.length || rows.length === 1;
  return whole
    ? { role: 'type', table, offset: 0 }
    : unknown('its token types are not one a token');
}
