import { NearfieldError } from '../../contract/index.ts';
import { smallestSubgroup } from '../../device/index.ts';

/** Limits that decide how large tensors and work groups may be; the adapter's best is asked for. */
const LIMITS = [
  'maxBufferSize',
  'maxStorageBufferBindingSize',
  'maxStorageBuffersPerShaderStage',
  'maxComputeInvocationsPerWorkgroup',
  'maxComputeWorkgroupStorageSize',
  'maxComputeWorkgroupSizeX',
  'maxComputeWorkgroupSizeY',
  'maxComputeWorkgroupSizeZ',
  'maxComputeWorkgroupsPerDimension',
] as const;

const SUBGROUPS = 'subgroups';
const WANTED_FEATURES = ['shader-f16', SUBGROUPS, 'subgroup-size-control'];

/**
 * ONNX Runtime's flash attention is silently wrong from 32 tokens on where subgroups may be smaller
 * than this. Without the feature it takes another path; `subgroup-size-control` implies the feature.
 */
const SMALLEST_SOUND_SUBGROUP = 8;

/** A device of ours, so that the features ONNX Runtime sees are ours to choose. */
export async function requestDevice(adapter: GPUAdapter): Promise<GPUDevice> {
  const requiredLimits = Object.fromEntries(LIMITS.map((name) => [name, adapter.limits[name]]));
  const requiredFeatures = soundFeatures(adapter.features, smallestSubgroup(adapter));
  return adapter.requestDevice({ requiredLimits, requiredFeatures });
}

export function soundFeatures(
  features: ReadonlySet<string>,
  subgroupMinSize: number | undefined,
): GPUFeatureName[] {
  const small = (subgroupMinSize ?? 0) < SMALLEST_SOUND_SUBGROUP;
  return WANTED_FEATURES.filter(
    (name) => features.has(name) && !(small && name.startsWith('subgroup')),
  ) as GPUFeatureName[];
}

/** Turns what a device reports asynchronously into errors of the run that it spoils. */
export class DeviceWatch {
  readonly #device: GPUDevice;
  #fault: NearfieldError | undefined;
  #reject: ((error: NearfieldError) => void) | undefined;

  constructor(device: GPUDevice) {
    this.#device = device;
    device.addEventListener('uncapturederror', ({ error }) => {
      const memory = error instanceof GPUOutOfMemoryError;
      const what = memory ? 'The GPU has no memory left' : 'The GPU refused a command';
      this.#fail(
        new NearfieldError(memory ? 'out-of-memory' : 'internal', `${what}: ${error.message}`),
      );
    });
    void device.lost.then((info) => {
      this.#fail(
        new NearfieldError(
          'device-lost',
          `The GPU went away (${info.reason}): ${info.message} The next call starts afresh.`,
        ),
      );
    });
  }

  /** Work on the device; rejects with its fault as soon as there is one. */
  async during<T>(work: () => Promise<T>): Promise<T> {
    if (this.#fault) throw this.#fault;
    const fault = new Promise<never>((_, reject) => {
      this.#reject = reject;
    });
    try {
      const result = await Promise.race([work(), fault]);
      // An error of the last command can arrive after its results.
      await Promise.race([this.#device.queue.onSubmittedWorkDone(), fault]);
      return result;
    } finally {
      this.#reject = undefined;
    }
  }

  #fail(error: NearfieldError): void {
    this.#fault ??= error;
    this.#reject?.(this.#fault);
  }
}

/**
 * Copies one token's state per row from the GPU: 4 bytes x width a text, instead of all tokens.
 * `source` holds rows x tokens x width values of `bytesPerValue`.
 */
export async function readRows(
  device: GPUDevice,
  source: GPUBuffer,
  positions: readonly number[],
  bytesPerRow: number,
): Promise<ArrayBuffer> {
  const staging = device.createBuffer({
    size: positions.length * bytesPerRow,
    usage: GPUBufferUsage.COPY_DST | GPUBufferUsage.MAP_READ,
  });
  try {
    const encoder = device.createCommandEncoder();
    positions.forEach((position, row) => {
      encoder.copyBufferToBuffer(
        source,
        position * bytesPerRow,
        staging,
        row * bytesPerRow,
        bytesPerRow,
      );
    });
    device.queue.submit([encoder.finish()]);
    await staging.mapAsync(GPUMapMode.READ);
    return staging.getMappedRange().slice(0);
  } finally {
    staging.destroy();
  }
}
