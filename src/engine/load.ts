import {
  NearfieldError,
  type LoadedModel,
  type LoadProgress,
  type LoadRequest,
  type ModelFile,
} from '../contract/index.ts';
import { chooseThreads, requestAdapter, type FoundAdapter } from '../device/index.ts';
import { inspectModel, type GraphFacts } from '../onnx/index.ts';
import { openFileStore } from '../weights/download.ts';
import { sha256 } from '../weights/hash.ts';
import { candidates, refusedBy, type Candidate } from '../weights/plan.ts';
import { resolveRemembered } from '../weights/remember.ts';
import { isSafePath, type ResolvedModel } from '../weights/resolve.ts';
import { Engine } from './engine.ts';
import { ModelFiles } from './files.ts';
import { createGpuRuntime, createWasmRuntime, type OrtModel } from './ort/runtime.ts';
import type { Runtime } from './runtime.ts';
import { selfTest } from './self-test.ts';
import { TextTokenizer } from './tokenizer.ts';

export interface LoadedEngine {
  engine: Engine;
  runtime: Runtime;
  model: LoadedModel;
}

/**
 * From a model's name to an engine that has proved itself on this device: resolve, choose files,
 * fetch, inspect, make the session, self-test. Every error is coded.
 */
export async function loadEngine(
  request: LoadRequest,
  onProgress: (progress: LoadProgress) => void,
): Promise<LoadedEngine> {
  const { device } = request;
  const found = device === 'webgpu' ? await requestAdapter(request.forced) : undefined;
  const store = openFileStore();
  const model = await resolveRemembered(request.model, request, store);
  const warnings = [...model.warnings];
  const refusals: string[] = [];
  for (const candidate of candidates(model.spec, device, request.dtype, found?.facts)) {
    const files = new ModelFiles(model, {
      store,
      onWarning: (message) => warnings.push(message),
      onProgress: (progress) => {
        onProgress({ ...progress, device, dtype: candidate.dtype });
      },
    });
    const fetched = await fetchCandidate(request, model, candidate, files, found);
    if ('refusal' in fetched) {
      refusals.push(`${candidate.dtype} ${fetched.refusal}`);
      continue;
    }
    files.report('compile');
    const loaded = await start(request, model, candidate, fetched, files, found);
    return { ...loaded, model: { ...loaded.model, warnings } };
  }
  throw new NearfieldError(
    device === 'webgpu' ? 'no-webgpu' : 'unsupported-model',
    `No file of ${model.spec.id} runs on ${device}: ${refusals.join('; ')}.`,
  );
}

interface FetchedModel {
  graph: Uint8Array<ArrayBuffer>;
  externalData: OrtModel['externalData'];
  tokenizer: TextTokenizer;
}

/** The graph first: of a model that this device refuses, its data files are never fetched. */
async function fetchCandidate(
  { maxTokens }: LoadRequest,
  { spec }: ResolvedModel,
  candidate: Candidate,
  files: ModelFiles,
  found: FoundAdapter | undefined,
): Promise<FetchedModel | { refusal: string }> {
  const [graphFile, ...data] = candidate.files.files;
  if (!graphFile)
    throw new NearfieldError('bad-input', `${spec.id}: ${candidate.dtype} has no files.`);
  await files.announce([...candidate.files.files, spec.tokenizer.tokenizer, spec.tokenizer.config]);
  const [tokenizer, { blob }] = await Promise.all([
    fetchTokenizer(spec, files, maxTokens),
    files.fetch(graphFile),
  ]);
  const graph = new Uint8Array(await blob.arrayBuffer());
  const facts = inspectModel(graph);
  const refusal = refusedByDevice(facts, found);
  if (refusal !== undefined) return { refusal };
  const externalData = await Promise.all(
    facts.externalFiles.map(async (location) => {
      const path = besideGraph(graphFile, location);
      const known = data.find((file) => file.path === path) ?? { path };
      return { path: location, data: (await files.fetch(known)).blob };
    }),
  );
  return { graph, externalData, tokenizer };
}

async function fetchTokenizer(
  spec: ResolvedModel['spec'],
  files: ModelFiles,
  maxTokens: number | undefined,
): Promise<TextTokenizer> {
  if (maxTokens !== undefined && !(maxTokens >= 1 && Number.isInteger(maxTokens))) {
    throw new NearfieldError(
      'bad-input',
      `maxTokens: expected a positive integer, got ${maxTokens}.`,
    );
  }
  const [json, config] = await Promise.all([
    files.fetchJson(spec.tokenizer.tokenizer),
    files.fetchJson(spec.tokenizer.config),
  ]);
  return new TextTokenizer(json, config, {
    maxTokens: limitOf(spec, maxTokens),
    ...(spec.endTokenId !== undefined && { endTokenId: spec.endTokenId }),
  });
}

function limitOf(spec: ResolvedModel['spec'], wanted: number | undefined): number {
  return Math.min(spec.maxTokens, wanted ?? spec.maxTokens);
}

/** The graph names its data files; a hostile one must not lead out of the model's folder. */
function besideGraph(graph: ModelFile, location: string): string {
  if (!isSafePath(location)) {
    throw new NearfieldError(
      'bad-model',
      `${graph.path} names a data file outside its folder: "${location}".`,
    );
  }
  return graph.path.split('/').slice(0, -1).concat(location).join('/');
}

function refusedByDevice(facts: GraphFacts, found: FoundAdapter | undefined): string | undefined {
  if (!found) return facts.cpuRefuses;
  return facts.webgpuRefuses ?? refusedBy(found.facts, facts);
}

async function start(
  request: LoadRequest,
  { spec }: ResolvedModel,
  { dtype }: Candidate,
  fetched: FetchedModel,
  files: ModelFiles,
  found: FoundAdapter | undefined,
): Promise<LoadedEngine> {
  const machine = {
    cores: navigator.hardwareConcurrency,
    isolated: globalThis.crossOriginIsolated,
  };
  const { pooling, dimensions: width, keyValue } = spec;
  const ortModel = { ...fetched, pooling, width, ...(keyValue && { keyValue }) };
  const runtime = found
    ? await createGpuRuntime(ortModel, found.adapter)
    : await createWasmRuntime(ortModel, chooseThreads(machine, request.threads));
  const revision = spec.revision ?? (await revisionOf(files.hashes));
  const maxTokens = limitOf(spec, request.maxTokens);
  const identity = `${spec.id}@${revision} ${dtype} ${spec.pooling} ${maxTokens}`;
  const engine = new Engine(fetched.tokenizer, runtime, identity);
  files.report('self-test');
  await selfTest((texts) => engine.embedTogether(texts), spec.selfTest);
  const model: LoadedModel = {
    id: spec.id,
    revision,
    device: request.device,
    dtype,
    pooling: spec.pooling,
    prompts: spec.prompts,
    ...(spec.defaultTask !== undefined && { defaultTask: spec.defaultTask }),
    dimensions: spec.dimensions,
    minDimensions: spec.matryoshka?.min ?? spec.dimensions,
    maxTokens,
    threads: runtime.threads,
    ...(runtime.adapter !== undefined && { adapter: runtime.adapter }),
    warnings: [],
    identity,
  };
  files.report('ready');
  return { engine, runtime, model };
}

/** A version for folders that name none: 16 hex digits over the hashes of all files used. */
async function revisionOf(hashes: ReadonlyMap<string, string>): Promise<string> {
  const lines = Array.from(hashes, ([path, hash]) => `${path} ${hash}`).sort();
  return (await sha256(new Blob([lines.join('\n')]))).slice(0, 16);
}
