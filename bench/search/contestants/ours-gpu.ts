import { adapterName, requestAdapter } from '../../../src/device/index.ts';
import { loadSearchModule, VectorIndex } from '../../../src/vectors/index.ts';
import type { Open } from '../contestant.ts';
import { originalsFor } from './ours.ts';

/** Milliseconds between looks at whether the device is there. */
const LOOK_MS = 10;

/** Whatever adapter there is scans, software ones too; a search that WASM scanned fails. */
export const openOnGpu: Open = async (dimensions, rows) => {
  const { adapter } = await requestAdapter(true);
  const gpu = { device: () => adapter.requestDevice(), fromRows: 1 };
  const kernels = { ...(await loadSearchModule()), gpu };
  const index = new VectorIndex(kernels, dimensions, originalsFor(dimensions, rows));
  return {
    add: (rows) => void index.add(rows),
    bytes: () => index.size,
    async settle() {
      const query = new Float32Array(dimensions).fill(1);
      for (;;) {
        const { scan } = await index.search(query, 1, { exact: false });
        if (scan === 'webgpu' || index.gpu?.state === 'failed') break;
        await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
      }
      return `${adapterName(adapter)}, ${JSON.stringify(index.gpu)}`;
    },
    async search(query, k, way) {
      const found = await index.search(query, k, way);
      if (found.scan !== 'webgpu') throw new Error(`Scanned on WASM: ${String(index.gpu?.reason)}`);
      return found.rows;
    },
  };
};
