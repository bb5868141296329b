import { chooseSimd, searchKernelUrl, type Simd } from '../kernels/index.ts';
import { NearfieldError } from '../contract/index.ts';

/** Where scans may find a GPU. */
export interface GpuSource {
  /** Called once by an index, and only when it has the rows; what it rejects with says why there is none. */
  device(): Promise<GPUDevice>;
  /** @default 500,000 */
  fromRows?: number;
}

/** What indexes run on: the search kernels, compiled; every index makes its own memory for them. */
export interface SearchModule {
  module: WebAssembly.Module;
  simd: Simd;
  /** For a memory that several threads see. */
  shared: boolean;
  /** Where searches that are not exact find a GPU to scan on; answers are the same. @default none */
  gpu?: GpuSource;
}

/**
 * Fetches and compiles the search kernels (5 kB).
 *
 * @param read gets a file's bytes; for Node, where fetch has no files. @default fetch
 * @throws unsupported-model where there is no WASM SIMD, download-failed
 */
export async function loadSearchModule(
  wanted: 'auto' | Simd = 'auto',
  shared = false,
  read: (url: URL) => Promise<BufferSource> = fetched,
): Promise<SearchModule> {
  const simd = chooseSimd(wanted);
  if (simd === undefined) {
    const message = `This browser has no WASM SIMD (${wanted}), which vector search needs.`;
    throw new NearfieldError('unsupported-model', message);
  }
  const module = await WebAssembly.compile(await read(searchKernelUrl(simd, shared)));
  return { module, simd, shared };
}

async function fetched(url: URL): Promise<ArrayBuffer> {
  try {
    const response = await fetch(url);
    if (!response.ok) throw new Error(`${url.href}: HTTP status ${response.status}`);
    return await response.arrayBuffer();
  } catch (cause) {
    const message = `The search kernels did not arrive from ${url.href}. Is the package's folder served whole?`;
    throw new NearfieldError('download-failed', message, { cause });
  }
}
