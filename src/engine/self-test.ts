import {
  NearfieldError,
  type CosineTest,
  type Device,
  type RuntimeName,
  type SelfTest,
  type VectorTest,
} from '../contract/index.ts';

/** Unit rows of texts, padded together in one batch. */
export type EmbedBatch = (texts: readonly string[]) => Promise<readonly Float32Array[]>;

/** Padding, and kernels that change with the length, must not move a vector by more than this. */
const SAME_VECTOR = 0.999;

/**
 * Kernels that round activations to 8 bits keep at least this cosine to a known vector. Tests ask for
 * 0.999 over whole vectors; a known one may be its first values only, whose cosine strays further.
 */
const ROUNDED = 0.998;

/** A short text and one past 32 tokens, where flash attention takes over on WebGPU. */
const SHORT = 'How do I reset my password?';
const LONG =
  'Open the settings, choose your account, and press the button that sends a new link. It arrives ' +
  'within a few minutes; if it does not, look into the folder for unwanted mail, check the address, ' +
  'and ask for another one. The old link stops working as soon as a new one has been sent.';

/**
 * Proves on this machine that the device computes what the model means: known answers where the
 * model has some; and, where it has none or on a GPU, that a text's vector does not change when it
 * is padded beside a longer one. Broken drivers give confident wrong vectors (transformers.js
 * #1728, #1317); WASM computes the same everywhere, so that there a known answer is enough.
 * Throws `self-test-failed` with the figures.
 */
export async function selfTest(
  embed: EmbedBatch,
  test: SelfTest | undefined,
  device: Device,
  runtime: RuntimeName = 'onnxruntime',
): Promise<void> {
  const short = device === 'wasm' && test && 'short' in test ? test.short : undefined;
  const known = short ? { ...(test as VectorTest), ...short } : test;
  const texts = known ? ('text' in known ? [known.text] : known.texts) : [LONG];
  const padding = device === 'webgpu' || !known;
  const vectors = await embed(padding ? [...texts, SHORT] : texts);
  const most = runtime === 'native' ? ROUNDED : 1;
  if (known && 'vector' in known) testVector(vectors, known, most);
  else if (known) testCosines(vectors, known);
  if (!padding) return;
  const [alone] = await embed([SHORT]);
  const same = cosine(vectorOf(alone), vectorOf(vectors.at(-1)));
  if (!(same >= SAME_VECTOR)) {
    throw failed(`a text alone and in a batch agree to a cosine of ${same}, not ${SAME_VECTOR}`);
  }
}

function testVector([vector]: readonly Float32Array[], known: VectorTest, most: number): void {
  const expected = Math.min(known.minCosine, most);
  const agreement = cosine(vectorOf(vector).subarray(0, known.vector.length), known.vector);
  if (!(agreement >= expected)) {
    throw failed(`cosine ${agreement} to the known vector, expected at least ${expected}`);
  }
}

function testCosines(vectors: readonly Float32Array[], known: CosineTest): void {
  for (const { a, b, value } of known.cosines) {
    const got = cosine(vectorOf(vectors[a]), vectorOf(vectors[b]));
    if (!(Math.abs(got - value) <= known.tolerance)) {
      throw failed(
        `texts ${a} and ${b} have cosine ${got}, expected ${value} ± ${known.tolerance}`,
      );
    }
  }
}

export function cosine(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let dot = 0;
  let aa = 0;
  let bb = 0;
  for (let i = 0; i < b.length; i++) {
    const x = a[i] ?? 0;
    const y = b[i] ?? 0;
    dot += x * y;
    aa += x * x;
    bb += y * y;
  }
  return dot / Math.sqrt(aa * bb);
}

function vectorOf(vector: Float32Array | undefined): Float32Array {
  if (!vector) throw new RangeError('a batch gives one vector per text');
  return vector;
}

function failed(what: string): NearfieldError {
  return new NearfieldError('self-test-failed', `This device computes wrong vectors: ${what}.`);
}
