import { mayBeNative, NearfieldError } from './contract/index.ts';
import { requestAdapter } from './device/index.ts';
import { checkModelOptions, type ModelOptions } from './options.ts';
import { clearStored, describeFiles, listStored, NOTES, type ModelPlan } from './weights/index.ts';

/**
 * What loading a model would take on this machine: files, sizes, what is stored already. Nothing
 * of the weights is downloaded.
 *
 * @throws NearfieldError `bad-input`, `model-not-found`, `download-failed`, `no-webgpu`
 */
export async function describeModel(
  model: NonNullable<ModelOptions['model']>,
  options: Omit<ModelOptions, 'model'> = {},
): Promise<ModelPlan> {
  const { device, dtype, runtime, precision, ...rest } = checkModelOptions({ ...options, model });
  const resolve = { ...rest, native: mayBeNative({ runtime, precision }) };
  if (device === 'wasm') return describeFiles(resolve.model, 'wasm', dtype, undefined, resolve);
  try {
    const { facts } = await requestAdapter(device === 'webgpu');
    return await describeFiles(resolve.model, 'webgpu', dtype, facts, resolve);
  } catch (error) {
    const unsuited = error instanceof NearfieldError && error.code === 'no-webgpu';
    if (!unsuited || device === 'webgpu') throw error;
    return describeFiles(resolve.model, 'wasm', dtype, undefined, resolve);
  }
}

/** Models on this machine, with their bytes; unfinished downloads are counted in. */
export async function storedModels(): Promise<{ id: string; bytes: number }[]> {
  const models = (await listStored()).filter(({ folder }) => folder !== NOTES);
  return models.map(({ folder, bytes }) => ({ id: folder, bytes }));
}

/** Deletes every model file; an embedder that still reads from one loads its model anew. */
export async function deleteStoredModels(): Promise<void> {
  await clearStored();
}
