/**
 * Which device computes which kind of text. Where a real GPU and Nearfield's own kernels both run a
 * model, they are measured once, and what was found is remembered on this machine.
 */

import {
  probeSessions,
  RemoteEmbedder,
  type DeviceStart,
  type Session,
  type SessionOptions,
} from './bridge/index.ts';
import {
  mayBeNative,
  throwIfAborted,
  toNearfieldError,
  type DeviceChoice,
  type DeviceProbe,
  type Dtype,
  type ErrorCode,
  type LoadProgress,
} from './contract/index.ts';
import { adapterName, chooseThreads, requestAdapter } from './device/index.ts';
import {
  decide,
  forgetVerdict,
  GPU_ONLY,
  recallVerdict,
  rememberVerdict,
  verdictKey,
  type Verdict,
} from './verdict.ts';

/** A model on one device. */
export interface OpenLane {
  remote: RemoteEmbedder;
  session: Session;
}

/** The same one twice where one device computes all. */
export interface Lanes {
  document: OpenLane;
  query: OpenLane;
  probe?: DeviceProbe;
}

export type LaneOptions = Omit<SessionOptions, 'choose'> & { signal?: AbortSignal | undefined };

/** Files of a model whose second copy is loaded to be measured whatever the machine. */
const SMALL_MODEL = 256 * 2 ** 20;
/** Browsers tell 8 GB at most, and some nothing. */
const MUCH_MEMORY = 8;

/** Failures that say nothing about the device, and may be over the next time. */
const PASSING: readonly ErrorCode[] = ['aborted', 'closed', 'download-failed', 'quota', 'storage'];

/** Throws what loading the model fails with; then nothing stays open. */
export async function openLanes(options: LaneOptions): Promise<Lanes> {
  const opening = new Opening(options);
  try {
    const lanes = await opening.lanes();
    await opening.keepOnly(lanes);
    return lanes;
  } catch (error) {
    await opening.keepOnly();
    throw error;
  }
}

/** The machine's adapter and model as a key, and what is known of the two. */
interface Known {
  key: string;
  verdict?: Verdict | undefined;
}

class Opening {
  readonly #options: LaneOptions;
  readonly #known: Promise<Known>;
  readonly #opened: RemoteEmbedder[] = [];
  readonly #progress: ReadyOnce;

  constructor(options: LaneOptions) {
    this.#options = options;
    this.#progress = new ReadyOnce(options.onProgress);
    this.#known = options.device === 'auto' ? knownOf(options) : new Promise(() => undefined);
    // Where nobody asks for it.
    this.#known.catch(() => undefined);
  }

  async lanes(): Promise<Lanes> {
    const document = await this.#first();
    const known = await this.#measurable(document);
    if (!known) return same(document);
    const { key, verdict } = known;
    if (!verdict) return this.#measure(document, key);
    const { probe, query, dtype } = verdict;
    const told = probe && { probe };
    if (verdict.document === query) return { ...same(document), ...told };
    try {
      return { document, query: await this.#open(query, { dtype, quiet: true }), ...told };
    } catch {
      throwIfAborted(this.#options.signal);
      forgetVerdict(key);
      return same(document);
    }
  }

  /** Closes all that was opened but these, and lets the last progress be told. */
  async keepOnly(lanes?: Lanes): Promise<void> {
    const kept = lanes && [lanes.document.remote, lanes.query.remote];
    const rest = this.#opened.filter((remote) => !kept?.includes(remote));
    await Promise.all(rest.map((remote) => remote.close()));
    if (lanes) this.#progress.release(lanes.document.session.model.device);
  }

  /** What computes documents, unless a measurement says otherwise. */
  async #first(): Promise<OpenLane> {
    const { device } = this.#options;
    try {
      return await this.#open(device);
    } catch (error) {
      const known = device === 'auto' ? await this.#known.catch(() => undefined) : undefined;
      if (known?.verdict?.document !== 'wasm' || this.#options.signal?.aborted) throw error;
      // Remembered from better days: as if nothing was.
      forgetVerdict(known.key);
      known.verdict = GPU_ONLY;
      return this.#open(device);
    }
  }

  /** Undefined where there is no choice to make. */
  async #measurable({ session: { model } }: OpenLane): Promise<Known | undefined> {
    const { device, request } = this.#options;
    if (device !== 'auto' || !mayBeNative(request)) return undefined;
    const known = await this.#known.catch(() => undefined);
    return known && model.device === (known.verdict?.document ?? 'webgpu') ? known : undefined;
  }

  async #measure(webgpu: OpenLane, key: string): Promise<Lanes> {
    const { signal } = this.#options;
    const enough = this.#progress.total <= SMALL_MODEL || memoryOf(navigator) >= MUCH_MEMORY;
    // Remembered at first: a tab that dies of the second copy must not try again. One that is left may.
    if (!enough || !rememberVerdict(key, GPU_ONLY)) return same(webgpu);
    const forget = (): void => {
      forgetVerdict(key);
    };
    addEventListener('pagehide', forget);
    this.#progress.probing();
    const { dtype } = webgpu.session.model;
    try {
      const wasm = await this.#open('wasm', { dtype, quiet: true, native: true });
      const sessions = { webgpu: webgpu.session, wasm: wasm.session };
      const probe = await probeSessions(sessions, signal);
      const verdict = { ...decide(probe), dtype, probe };
      rememberVerdict(key, verdict);
      const lanes = { webgpu, wasm };
      return { document: lanes[verdict.document], query: lanes[verdict.query], probe };
    } catch (error) {
      if (PASSING.includes(toNearfieldError(error).code)) forget();
      throwIfAborted(signal);
      return same(webgpu);
    } finally {
      removeEventListener('pagehide', forget);
    }
  }

  async #open(
    device: DeviceChoice,
    { dtype, quiet, native }: { dtype?: Dtype | undefined; quiet?: boolean; native?: boolean } = {},
  ): Promise<OpenLane> {
    const { request, signal } = this.#options;
    const remote = new RemoteEmbedder({
      ...this.#options,
      device,
      choose: () => this.#start(),
      request: { ...request, ...(dtype && { dtype }), ...(native && { runtime: 'native' }) },
      onProgress: (progress) => {
        this.#progress.tell(progress, quiet);
      },
    });
    this.#opened.push(remote);
    return { remote, session: await remote.session(signal) };
  }

  async #start(): Promise<DeviceStart> {
    const { verdict } = await this.#known;
    return verdict?.document === 'wasm'
      ? { device: 'wasm', ...(verdict.dtype && { dtype: verdict.dtype }) }
      : { device: 'webgpu' };
  }
}

function same(lane: OpenLane): Lanes {
  return { document: lane, query: lane };
}

/** Throws `no-webgpu`. */
async function knownOf({ request }: LaneOptions): Promise<Known> {
  const { adapter } = await requestAdapter(false);
  const { model, dtype, revision, maxTokens, simd, threads, hubUrl, modelsUrl } = request;
  const machine = {
    cores: navigator.hardwareConcurrency,
    isolated: globalThis.crossOriginIsolated,
  };
  const key = verdictKey({
    adapter: adapterName(adapter),
    model: JSON.stringify(model),
    options: [dtype, revision, maxTokens, simd, hubUrl, modelsUrl],
    threads: chooseThreads(machine, threads),
  });
  // An option that rules one of the two out is none of this.
  return { key, verdict: mayBeNative(request) ? recallVerdict(key) : undefined };
}

/** In GB, 0 where the browser does not tell. Chromium only, and not in TypeScript's library. */
function memoryOf(navigator: Navigator): number {
  return (navigator as { deviceMemory?: number }).deviceMemory ?? 0;
}

/** Progress of several loads as that of one: `ready` once, when all are. */
class ReadyOnce {
  readonly #tell: (progress: LoadProgress) => void;
  #opening = true;
  #held: LoadProgress[] = [];
  /** Bytes of the model's files. */
  total = 0;

  constructor(tell: (progress: LoadProgress) => void) {
    this.#tell = tell;
  }

  /** What is `quiet` is not told until all are ready. */
  tell(progress: LoadProgress, quiet = false): void {
    const { phase } = progress;
    if (!this.#opening) this.#tell(progress);
    else if (!quiet && (phase === 'ready' || phase === 'stored')) this.#held.push(progress);
    else if (!quiet) {
      this.total = progress.total;
      this.#tell(progress);
    }
  }

  probing(): void {
    const ready = this.#held[0];
    if (ready) this.#tell({ ...ready, phase: 'probe' });
  }

  release(device: LoadProgress['device']): void {
    this.#opening = false;
    for (const progress of this.#held) this.#tell({ ...progress, device });
    this.#held = [];
  }
}
