import { requestAdapter } from '../device/index.ts';
import type { GpuSource } from '../vectors/index.ts';

/**
 * The search worker's GPU, for the indexes that it makes one after another; undefined where none is
 * wanted.
 *
 * @param wanted as of CollectionOptions
 */
export function gpuSource(wanted: 'auto' | boolean = 'auto'): GpuSource | undefined {
  if (wanted === false) return undefined;
  let device: Promise<GPUDevice> | undefined;
  const open = async (): Promise<GPUDevice> => {
    const { adapter } = await requestAdapter(wanted === true);
    const opened = await adapter.requestDevice();
    // Indexes that had it go on without it; the next one asks for another.
    void opened.lost.then(() => (device = undefined));
    return opened;
  };
  const get = (): Promise<GPUDevice> => {
    device ??= open();
    // What failed may come the next time.
    device.catch(() => (device = undefined));
    return device;
  };
  return { device: get, ...(wanted === true && { fromRows: 1 }) };
}
