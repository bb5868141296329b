/** Normalisations: single nodes, fused with the sum before them, or spelt out. */

import type { OnnxTensor } from '../../../onnx/index.ts';
import { floatRef } from './linear.ts';
import type { Norm } from './model.ts';
import type { Probe } from './probe/run.ts';
import { Settings } from './settings.ts';
import { spelledOutNorm } from './spelledNorm.ts';
import { isSkip, skipStream, streamAt, type Stream } from './streams.ts';
import { unknown } from './unknown.ts';
import type { GraphView, Maker } from './view.ts';

export interface FoundNorm {
  kind: 'rms' | 'layer';
  norm: Norm;
  width: number;
  /** What is normalised. */
  stream: Stream;
}

const RMS = ['SimplifiedLayerNormalization', 'RMSNormalization'];
/** ONNX's default for LayerNormalization and RMSNormalization. */
const DEFAULT_EPSILON = 1e-5;

/** The norm that makes a value; undefined when another kind of node does. */
export function normAt(view: GraphView, probe: Probe, name: string): FoundNorm | undefined {
  const root = view.root(name);
  const maker = view.maker(root);
  if (!maker) return undefined;
  if (maker.output === 0) {
    if (RMS.includes(maker.op)) return rmsNorm(view, probe, maker);
    if (maker.op === 'LayerNormalization') return layerNorm(view, probe, maker);
    if (isSkip(maker)) return skipNorm(view, probe, maker);
  }
  const spelled = spelledOutNorm(view, probe, root);
  if (!spelled) return undefined;
  const { weight, bias, eps, input } = spelled;
  const width = widthOf(probe, input);
  const norm = { weight: norms(view, weight, width), bias: norms(view, bias, width), eps };
  return { kind: 'layer', norm, width, stream: streamAt(view, input) };
}

export function isRmsNorm(maker: Maker): boolean {
  return RMS.includes(maker.op) && maker.output === 0;
}

function rmsNorm(view: GraphView, probe: Probe, { node }: Maker): FoundNorm {
  const [input, weight, bias] = node.inputs;
  const settings = new Settings(node).only('axis', 'epsilon', 'stash_type');
  if (bias) unknown('one of its RMS norms has a bias');
  const width = lastAxis(probe, input!, settings);
  const eps = epsilonOf(settings, DEFAULT_EPSILON);
  const norm = { weight: norms(view, constantOf(view, weight), width), eps };
  return { kind: 'rms', norm, width, stream: streamAt(view, input!) };
}

function layerNorm(view: GraphView, probe: Probe, { node }: Maker): FoundNorm {
  const [input, weight, bias] = node.inputs;
  const settings = new Settings(node).only('axis', 'epsilon', 'stash_type');
  const width = lastAxis(probe, input!, settings);
  const norm = {
    weight: norms(view, constantOf(view, weight), width),
    bias: norms(view, constantOf(view, bias), width),
    eps: epsilonOf(settings, DEFAULT_EPSILON),
  };
  return { kind: 'layer', norm, width, stream: streamAt(view, input!) };
}

function skipNorm(view: GraphView, probe: Probe, maker: Maker): FoundNorm {
  const [input, skip, weight, bias] = maker.node.inputs;
  const settings = new Settings(maker.node).only('epsilon');
  const width = widthOf(probe, input!);
  if (probe.value(skip!)?.dims.join() !== probe.value(input!)?.dims.join()) {
    unknown('one of its norms adds tensors of different shapes');
  }
  const rms = maker.op.endsWith('SkipSimplifiedLayerNormalization');
  const norm = {
    weight: norms(view, constantOf(view, weight), width),
    ...(!rms && { bias: norms(view, constantOf(view, bias), width) }),
    eps: epsilonOf(settings),
  };
  return { kind: rms ? 'rms' : 'layer', norm, width, stream: skipStream(maker) };
}

function constantOf(view: GraphView, name: string | undefined): OnnxTensor {
  return view.constant(name) ?? unknown('one of its norms lacks a constant weight or bias');
}

function norms(view: GraphView, tensor: OnnxTensor, width: number) {
  return floatRef(view.refOf(tensor), width);
}

function lastAxis(probe: Probe, input: string, settings: Settings): number {
  const rank = probe.value(input)?.dims.length ?? 0;
  settings.expectInt('axis', -1, rank - 1);
  return widthOf(probe, input);
}

function widthOf(probe: Probe, name: string): number {
  const width = probe.value(name)?.dims.at(-1);
  return (
    width ??
    unknown(`it has a ${probe.stoppedAt ?? 'norm'} that is not known here, or a faulty one`)
  );
}

function epsilonOf(settings: Settings, fallback?: number): number {
  return checkedEpsilon(settings.float('epsilon', fallback));
}

export function checkedEpsilon(eps: number): number {
  // Zero would do; anything large is no guard against division by zero but part of the result.
  return eps >= 0 && eps < 1e-2 ? eps : unknown(`one of its norms has epsilon = ${eps}`);
}
