/** Which device is faster for what, as it was measured, and remembered on this machine. */

import { DTYPES, type Device, type DeviceProbe, type Dtype } from './contract/index.ts';

/** The faster device for each kind of text. */
export interface Verdict {
  document: Device;
  query: Device;
  /** Of the files that were measured. */
  dtype?: Dtype;
  /** Missing where one of the devices could not be measured. */
  probe?: DeviceProbe;
}

/** What stands where WASM was not measured to its end. */
export const GPU_ONLY: Verdict = { document: 'webgpu', query: 'webgpu' };

/** WASM must be faster by this: it takes the cores that the page needs, and memory for the model. */
const WASM_SHARE = 0.8;

/** In localStorage, all verdicts as one object. */
const STORED_AS = 'nearfield:devices';
/** The oldest go. */
const MOST = 16;
/** To be raised when kernels or devices are used otherwise than before: then all is measured anew. */
const MEASURED_AS = 1;

export function decide(probe: DeviceProbe): Pick<Verdict, 'document' | 'query'> {
  const faster = ({ webgpu, wasm }: { webgpu: number; wasm?: number }): Device =>
    wasm !== undefined && wasm < WASM_SHARE * webgpu ? 'wasm' : 'webgpu';
  return { document: faster(probe.documents), query: faster(probe.query) };
}

/** What a verdict holds for, as a key. */
export function verdictKey(facts: {
  adapter: string;
  model: string;
  options: readonly unknown[];
  threads: number;
}): string {
  const { adapter, model, options, threads } = facts;
  return JSON.stringify([MEASURED_AS, adapter, model, threads, ...options]);
}

/** Undefined where nothing is remembered, or nothing that can be understood. */
export function recallVerdict(key: string): Verdict | undefined {
  const verdict = readAll().get(key);
  return isVerdict(verdict) ? verdict : undefined;
}

/** Gives whether it will be remembered. */
export function rememberVerdict(key: string, verdict: Verdict): boolean {
  const all = readAll();
  all.delete(key);
  return writeAll(new Map([...all, [key, verdict] as const].slice(-MOST)));
}

export function forgetVerdict(key: string): void {
  const all = readAll();
  if (all.delete(key)) writeAll(all);
}

function readAll(): Map<string, unknown> {
  try {
    const stored: unknown = JSON.parse(localStorage.getItem(STORED_AS) ?? '{}');
    return new Map(Object.entries(stored ?? {}));
  } catch {
    // Site data is blocked, or somebody else wrote there.
    return new Map();
  }
}

function writeAll(all: ReadonlyMap<string, unknown>): boolean {
  try {
    localStorage.setItem(STORED_AS, JSON.stringify(Object.fromEntries(all)));
    return true;
  } catch {
    return false;
  }
}

function isVerdict(value: unknown): value is Verdict {
  if (!isObject(value)) return false;
  const { document, query, dtype, probe } = value;
  return (
    [document, query].every((device) => device === 'webgpu' || device === 'wasm') &&
    (dtype === undefined || (DTYPES as readonly unknown[]).includes(dtype)) &&
    (probe === undefined || isProbe(probe))
  );
}

function isProbe(value: unknown): value is DeviceProbe {
  if (!isObject(value) || !isObject(value['query']) || !isObject(value['documents'])) return false;
  const { query, documents } = value;
  const times = [query['webgpu'], query['wasm'], documents['webgpu'], documents['wasm'] ?? 0];
  return times.every((time) => typeof time === 'number' && time >= 0);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
