import { NearfieldError, messageOf } from '../contract/index.ts';

/** What decides which model files a GPU can run. */
export interface AdapterFacts {
  shaderF16: boolean;
  /** Bytes. */
  maxStorageBufferBindingSize: number;
  /** Bytes. */
  maxBufferSize: number;
}

export interface FoundAdapter {
  adapter: GPUAdapter;
  facts: AdapterFacts;
}

/**
 * The WebGPU adapter to compute on. Software adapters are many times slower than WASM on the same
 * cores, so they are taken only when WebGPU was asked for by name.
 * Throws `no-webgpu` with the reason.
 */
export async function requestAdapter(forced: boolean): Promise<FoundAdapter> {
  const gpu = 'gpu' in navigator ? navigator.gpu : undefined;
  if (!gpu) throw noWebGpu('this browser or this context (http without TLS?) has no WebGPU');
  let adapter: GPUAdapter | null;
  try {
    adapter = await gpu.requestAdapter({ powerPreference: 'high-performance' });
  } catch (error) {
    throw noWebGpu(`asking for an adapter failed: ${messageOf(error)}`, error);
  }
  if (!adapter) throw noWebGpu('no adapter answered');
  if (!forced && isSoftware(adapter)) {
    throw noWebGpu(`the only adapter is software (${adapterName(adapter)}), slower than WASM`);
  }
  const { maxStorageBufferBindingSize, maxBufferSize } = adapter.limits;
  const shaderF16 = adapter.features.has('shader-f16');
  return { adapter, facts: { shaderF16, maxStorageBufferBindingSize, maxBufferSize } };
}

/** What software adapters call themselves. */
const SOFTWARE = /swiftshader|llvmpipe|lavapipe|basic render/i;

function isSoftware(adapter: GPUAdapter): boolean {
  const told: unknown =
    // Where it was before there was `info` to tell it.
    infoOf(adapter)?.isFallbackAdapter ?? Reflect.get(adapter, 'isFallbackAdapter');
  return typeof told === 'boolean' ? told : SOFTWARE.test(adapterName(adapter));
}

/** Smallest number of lanes of a subgroup; 0 where the browser does not tell. */
export function smallestSubgroup(adapter: GPUAdapter): number {
  return infoOf(adapter)?.subgroupMinSize ?? 0;
}

/** `vendor architecture (description)`, as far as the browser tells. */
export function adapterName(adapter: GPUAdapter): string {
  const { vendor, architecture, description } = infoOf(adapter) ?? {};
  const name = [vendor, architecture].filter(Boolean).join(' ') || 'unknown adapter';
  return description ? `${name} (${description})` : name;
}

/** Browsers had adapters for some versions before they told anything of them. */
function infoOf(adapter: GPUAdapter): GPUAdapterInfo | undefined {
  return adapter.info;
}

function noWebGpu(why: string, cause?: unknown): NearfieldError {
  return new NearfieldError('no-webgpu', `WebGPU cannot be used: ${why}.`, { cause });
}
