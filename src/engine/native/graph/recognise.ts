/** From a graph file's bytes to a model that the native engine runs, or to why it does not. */

import { NearfieldError } from '../../../contract/errors.ts';
import type { OnnxValue } from '../../../onnx/index.ts';
import { bert } from './bert.ts';
import type { NativeModel } from './model.ts';
import { normAt } from './norm.ts';
import { Probe } from './probe/run.ts';
import { qwen3 } from './qwen3.ts';
import { unknown, UnknownGraph } from './unknown.ts';
import { GraphView } from './view.ts';

/** A sound graph that is none of the known families. */
export interface Unrecognised {
  /** A sentence without its full stop, about "it", the graph. */
  reason: string;
}

/** Tokens of the texts that the graph is tried with. */
const LENGTHS = [3, 5] as const;

/** As src/engine/ort/output.ts finds the states. */
const STATE_NAMES = ['last_hidden_state', 'hidden_states', 'token_embeddings'];
const FLOATS = [1, 10];

/**
 * `file` holds the whole graph file; tensors in other files are only referred to. Throws
 * `bad-model` for a file that is no sound ONNX graph.
 */
export function recognise(file: Uint8Array): NativeModel | Unrecognised {
  try {
    return modelOf(new GraphView(file));
  } catch (error) {
    if (error instanceof UnknownGraph) return { reason: error.message };
    if (error instanceof NearfieldError) throw error;
    throw new NearfieldError('bad-model', 'The graph cannot be read.', { cause: error });
  }
}

export function isRecognised(found: NativeModel | Unrecognised): found is NativeModel {
  return 'family' in found;
}

function modelOf(view: GraphView): NativeModel {
  const states = statesOf(view.graph.outputs);
  const probe = new Probe(view, LENGTHS[0]);
  const last = normAt(view, probe, states);
  if (!last) {
    const op = view.maker(view.root(states))?.node.opType ?? 'graph input';
    unknown(`its states come out of a ${op}, not out of a norm`);
  }
  if (last.kind === 'rms') return qwen3(view, probe, last);
  return bert(view, [probe, new Probe(view, LENGTHS[1])], last);
}

function statesOf(outputs: readonly OnnxValue[]): string {
  const floats = outputs.filter(({ elemType }) => FLOATS.includes(elemType ?? 0));
  const named = floats.find(({ name }) => STATE_NAMES.includes(name));
  const rank3 = floats.filter(({ dims }) => dims?.length === 3);
  const found = named ?? (rank3.length === 1 ? rank3[0] : undefined);
  return found?.name ?? unknown('it gives no state per token');
}
