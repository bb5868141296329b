import {
  mayBeNative,
  NearfieldError,
  type LoadedModel,
  type LoadProgress,
  type LoadRequest,
  type ModelSpec,
} from '../contract/index.ts';
import { requestAdapter, type FoundAdapter } from '../device/index.ts';
import { inspectModel, readStructure, type GraphFacts } from '../onnx/index.ts';
import type { FetchedFile } from '../weights/download.ts';
import { openFileStore } from '../weights/open-store.ts';
import { candidates, refusedBy, type Candidate } from '../weights/plan.ts';
import { resolveRemembered } from '../weights/remember.ts';
import {
  createRuntime,
  limitOf,
  threadsOf,
  type FetchedModel,
  type Host,
  type Loading,
} from './create-runtime.ts';
import { Engine } from './engine.ts';
import { ModelFiles } from './files.ts';
import { besideGraph, identityOf, revisionOf } from './identity.ts';
import { Later } from './later.ts';
import { chooseRuntime } from './native/index.ts';
import { warmUpWasm } from './ort/load.ts';
import type { Runtime } from './runtime.ts';
import { selfTest } from './self-test.ts';
import type { TokenizerOptions } from './tokenizer.ts';
import type { TokenizerFiles, Tokens } from './tokens.ts';

export interface LoadedEngine {
  engine: Engine;
  runtime: Runtime;
  model: LoadedModel;
  /** Stores the files that were used from memory. For a moment without other work. */
  keepFiles: () => Promise<void>;
}

/**
 * From a model's name to an engine that has proved itself on this device: resolve, choose files,
 * fetch, inspect, make the session, self-test. Every error is coded.
 */
export async function loadEngine(
  request: LoadRequest,
  host: Host,
  onProgress: (progress: LoadProgress) => void,
): Promise<LoadedEngine> {
  const { device } = request;
  const found = device === 'webgpu' ? await requestAdapter(request.forced) : undefined;
  const store = openFileStore();
  const model = await resolveRemembered(request.model, request, store);
  const warnings = [...model.warnings];
  const later = new Later();
  const files = new ModelFiles(model, {
    store,
    device,
    onWarning: (message) => warnings.push(message),
    onProgress,
    ...(host.openHash && { openHash: host.openHash }),
    // A GPU's driver may take the tab down with it: there the files are stored first.
    ...(!found && { quiet: later.promise }),
  });
  let keeping: Promise<void> | undefined;
  const keep = async (): Promise<void> => {
    later.now();
    if (await files.kept()) files.report('stored');
  };
  const keepFiles = (): Promise<void> => (keeping ??= keep());
  try {
    const native = device === 'wasm' && mayBeNative(request);
    const loaded = await loadFirst({ request, host, spec: model.spec, files, found, native });
    warnings.push(...loaded.model.warnings);
    return { ...loaded, model: { ...loaded.model, warnings }, keepFiles };
  } catch (error) {
    // Whoever tries again, on another device say, need not fetch them again.
    later.now();
    await files.kept();
    throw error;
  } finally {
    files.closeFiles();
  }
}

/** The first of the model's files that this device runs. */
async function loadFirst(loading: Loading): Promise<Omit<LoadedEngine, 'keepFiles'>> {
  const { request, spec, files, found, native } = loading;
  const { device } = request;
  let prepared: Promise<Tokens> | undefined;
  const prepare = (): Promise<Tokens> => (prepared ??= prepareTokens(loading));
  const refusals: string[] = [];
  for (const candidate of candidates(spec, device, request.dtype, found?.facts, native)) {
    const fetched = await fetchCandidate(loading, candidate, prepare);
    if ('refusal' in fetched) {
      refusals.push(`${candidate.dtype} ${fetched.refusal}`);
      continue;
    }
    files.report('compile');
    return start(loading, candidate, fetched);
  }
  throw new NearfieldError(
    device === 'webgpu' ? 'no-webgpu' : 'unsupported-model',
    `No file of ${spec.id} runs on ${device}: ${refusals.join('; ')}.`,
  );
}

interface FetchedCandidate extends FetchedModel {
  /** Still in the making while the session is. */
  tokens: Promise<Tokens>;
}

/** What every file of a model needs beside itself, in the making while the file is fetched. */
function prepareTokens({ request, host, spec, files, found, native }: Loading): Promise<Tokens> {
  const options: TokenizerOptions = {
    maxTokens: limitOf(spec, request.maxTokens),
    ...(spec.endTokenId !== undefined && { endTokenId: spec.endTokenId }),
  };
  const tokens = fetchTokenizer(spec, files).then((fetched) => host.openTokens(fetched, options));
  // The session made later tells of a runtime that does not start, and says more.
  const warm = found || native ? undefined : warmUpWasm(threadsOf(request));
  // Awaited later or not at all; whoever does not wait must not leave a rejection unhandled.
  void Promise.allSettled([tokens, warm]);
  return tokens;
}

/** The graph first: of a model that this device refuses, its data files are never fetched. */
async function fetchCandidate(
  { request, spec, files, found, native }: Loading,
  { dtype, files: { files: own }, nativeOnly }: Candidate,
  prepare: () => Promise<Tokens>,
): Promise<FetchedCandidate | { refusal: string }> {
  const [graphFile, ...data] = own;
  if (!graphFile) throw new NearfieldError('bad-input', `${spec.id}: ${dtype} has no files.`);
  await files.announce(dtype, [...own, spec.tokenizer.tokenizer, spec.tokenizer.config]);
  const pendingGraph = files.fetch(graphFile);
  const tokens = prepare();
  const file = await pendingGraph;
  const graph = native ? await files.sourceOf(file) : await bytesOf(file);
  const structure = graph instanceof Uint8Array ? graph : await readStructure(graph);
  const facts = inspectModel(structure);
  const choice = native ? chooseRuntime(request, structure) : {};
  const refusal = choice.model
    ? undefined
    : (refusedByDevice(facts, found) ?? (nativeOnly ? choice.reason : undefined));
  if (refusal !== undefined) return { refusal };
  const externalData = await Promise.all(
    facts.externalFiles.map(async (location) => {
      const path = besideGraph(graphFile, location);
      const known = data.find((file) => file.path === path) ?? { path };
      return { path: location, file: await files.fetch(known) };
    }),
  );
  return { graph, data: externalData, tokens, choice };
}

async function bytesOf({ bytes, blob }: FetchedFile): Promise<Uint8Array<ArrayBuffer>> {
  return bytes ?? new Uint8Array(await blob.arrayBuffer());
}

async function fetchTokenizer(spec: ModelSpec, files: ModelFiles): Promise<TokenizerFiles> {
  const [tokenizer, config] = await Promise.all([
    files.fetch(spec.tokenizer.tokenizer),
    files.fetch(spec.tokenizer.config),
  ]);
  return { tokenizer: tokenizer.blob, config: config.blob };
}

function refusedByDevice(facts: GraphFacts, found: FoundAdapter | undefined): string | undefined {
  if (!found) return facts.cpuRefuses;
  return facts.webgpuRefuses ?? refusedBy(found.facts, facts);
}

async function start(
  loading: Loading,
  { dtype }: Candidate,
  fetched: FetchedCandidate,
): Promise<Omit<LoadedEngine, 'keepFiles'>> {
  const { request, spec, files } = loading;
  const [runtime, tokens] = await Promise.all([createRuntime(loading, fetched), fetched.tokens]);
  const runtimeReason = fetched.choice.model ? undefined : fetched.choice.reason;
  const revision = spec.revision ?? (await revisionOf(files.hashes));
  const maxTokens = limitOf(spec, request.maxTokens);
  const identity = identityOf({ spec, revision, dtype, maxTokens, runtime: runtime.runtime });
  const engine = new Engine(tokens, runtime, identity);
  files.report('self-test');
  await selfTest(
    (texts) => engine.embedTogether(texts),
    spec.selfTest,
    request.device,
    runtime.runtime,
  );
  const model: LoadedModel = {
    id: spec.id,
    revision,
    device: request.device,
    runtime: runtime.runtime,
    simd: runtime.simd ?? 'simd128',
    ...(runtimeReason !== undefined && { runtimeReason }),
    dtype,
    pooling: spec.pooling,
    prompts: spec.prompts,
    ...(spec.defaultTask !== undefined && { defaultTask: spec.defaultTask }),
    dimensions: spec.dimensions,
    minDimensions: spec.matryoshka?.min ?? spec.dimensions,
    maxTokens,
    threads: runtime.threads,
    ...(runtime.adapter !== undefined && { adapter: runtime.adapter }),
    warnings: [...(runtime.warnings ?? [])],
    interruptible: runtime.asideTokens !== undefined,
    identity,
  };
  files.report('ready');
  return { engine, runtime, model };
}
