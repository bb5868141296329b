/**
 * Runs the part of a graph that needs no weights, for a batch of one short text: shapes, positions,
 * masks. What the numbers turn out to be says what the nodes mean, however an exporter spelt it.
 */

import { smallValues, type OnnxNode, type OnnxValue } from '../../../../onnx/index.ts';
import { opOf, type GraphView } from '../view.ts';
import { elementwise, isElementwise } from './elementwise.ts';
import { isMaking, make } from './making.ts';
import { isMovement, move } from './movement.ts';
import { isShapeOnly, shapesAfter } from './shapes.ts';
import { countOf, integers, type Value } from './value.ts';

/** Constants with more elements are weights; none of their numbers is looked at. */
const MAX_CONSTANT = 2 ** 14;
/** Numbers kept in all: a hostile graph could fill the memory with them. */
const MAX_ALL = 2 ** 23;
const FLOATS = [1, 10, 11, 16];

export class Probe {
  /** Tokens of the text. */
  readonly length: number;
  /** The first operator whose result it could not tell. */
  stoppedAt: string | undefined;
  readonly #view: GraphView;
  readonly #values = new Map<string, Value>();
  #elements = 0;

  constructor(view: GraphView, length: number) {
    this.#view = view;
    this.length = length;
    for (const input of view.inputs.values()) this.#set(input.name, inputValue(input, length));
    for (const [name, tensor] of view.constants) {
      const data = smallValues(tensor, MAX_CONSTANT);
      this.#set(name, {
        dims: tensor.dims,
        integer: !FLOATS.includes(tensor.dataType),
        ...(data && { data: Float64Array.from(data) }),
      });
    }
    for (const node of view.graph.nodes) {
      const values = after(node, (name) => this.#values.get(name));
      if (!values[0]) this.stoppedAt ??= node.opType;
      node.outputs.forEach((name, i) => this.#set(name, values[i]));
    }
  }

  value(name: string): Value | undefined {
    return this.#values.get(name);
  }

  /** The numbers, where the probe knows them all. */
  numbers(name: string): readonly number[] | undefined {
    const data = this.#values.get(name)?.data;
    return data && [...data];
  }

  /**
   * The same with other values put in: what `wanted` become when `sources` are given. Nodes in
   * `transparent` hand their first input on.
   */
  follow(
    sources: ReadonlyMap<string, Value>,
    wanted: readonly string[],
    transparent: ReadonlySet<OnnxNode> = new Set(),
  ): (Value | undefined)[] {
    const live = new Map(sources);
    const places = (names: Iterable<string>) =>
      [...names].map((name) => this.#view.maker(name)?.at ?? -1);
    const first = Math.min(...places(sources.keys())) + 1;
    const last = Math.max(...places(wanted));
    for (const node of this.#view.graph.nodes.slice(first, last + 1)) {
      if (!node.inputs.some((name) => live.has(name))) continue;
      const read = (name: string) => live.get(name) ?? this.#values.get(name);
      const values = transparent.has(node) ? [read(node.inputs[0]!)] : after(node, read);
      node.outputs.forEach((name, i) => {
        const known = values[i];
        // A source stays what it is, whoever makes it.
        if (known && name !== '' && !sources.has(name)) live.set(name, known);
      });
    }
    return wanted.map((name) => live.get(name));
  }

  #set(name: string, known: Value | undefined): void {
    if (name === '' || !known) return;
    this.#elements += known.data?.length ?? 0;
    const { dims, integer } = known;
    this.#values.set(name, this.#elements > MAX_ALL ? { dims, integer } : known);
  }
}

/** One text of `length` tokens, nothing before it, no padding. */
function inputValue(input: OnnxValue, length: number): Value | undefined {
  const zeros = Array.from({ length }, () => 0);
  switch (input.name) {
    case 'input_ids':
      // Past the special tokens of every vocabulary, of which one may mean padding.
      return integers(
        zeros.map((_, i) => 100 + i),
        [1, length],
      );
    case 'attention_mask':
      return integers(
        zeros.map(() => 1),
        [1, length],
      );
    case 'position_ids':
      return integers([...zeros.keys()], [1, length]);
    case 'token_type_ids':
      return integers(zeros, [1, length]);
    default:
      return emptyPast(input);
  }
}

/** Keys or values of earlier calls, [batch, heads, 0, head]: there are none. */
function emptyPast({ dims, elemType }: OnnxValue): Value | undefined {
  if (dims?.length !== 4 || !FLOATS.includes(elemType ?? 0)) return undefined;
  const sizes = dims.map((dim) => (typeof dim === 'number' ? dim : 1)).with(0, 1);
  return { dims: sizes.with(2, 0), integer: false, data: new Float64Array() };
}

function after(
  node: OnnxNode,
  read: (name: string) => Value | undefined,
): readonly (Value | undefined)[] {
  const op = opOf(node);
  const inputs = node.inputs.map((name) => (name === '' ? undefined : read(name)));
  if (isShapeOnly(op)) return shapesAfter(op, inputs, node);
  const last = inputs.findLastIndex((_, i) => node.inputs[i] !== '');
  const given = inputs.slice(0, last + 1);
  if (!allKnown(given)) return [];
  if (isMovement(op)) return move(op, given, node);
  if (isMaking(op)) return [make(op, given, node)];
  return isElementwise(op) ? [elementwise(op, given, node)] : [];
}

function allKnown(values: readonly (Value | undefined)[]): values is readonly Value[] {
  return values.every((known) => known && Number.isSafeInteger(countOf(known.dims)));
}
