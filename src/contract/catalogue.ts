import type { ModelSpec } from './model.ts';

const MiB = 1024 * 1024;
const QWEN3_TASK = 'Given a web search query, retrieve relevant passages that answer the query';
const qwen3Query = (text: string): string => `Instruct: ${QWEN3_TASK}\nQuery:${text}`;

/**
 * Qwen3-Embedding-0.6B as exported by onnx-community, at a pinned commit.
 * Sizes without a round MiB are the repository's own; the hub gives exact ones and hashes at load.
 */
const qwen3: ModelSpec = {
  id: 'qwen3-embedding-0.6b',
  source: {
    hub: 'onnx-community/Qwen3-Embedding-0.6B-ONNX',
    revision: 'c25a394dd583836952667c12f008335071b3f43d',
  },
  pooling: 'last',
  prompts: { query: 'Instruct: {task}\nQuery:', document: '' },
  defaultTask: QWEN3_TASK,
  dimensions: 1024,
  matryoshka: { min: 32 },
  // Longer texts take WASM minutes each, and a gigabyte to work in: only on request.
  maxTokens: 8192,
  mostTokens: 32_768,
  keyValue: { heads: 8, headSize: 128 },
  // <|endoftext|>: the model card pools its hidden state.
  endTokenId: 151643,
  tokenizer: {
    tokenizer: { path: 'tokenizer.json', bytes: 11_423_705 },
    config: { path: 'tokenizer_config.json', bytes: 9_731 },
  },
  // Largest tensor: the embedding table, 151,669 x 1,024 values (q4 leaves it in float32).
  dtypes: {
    fp32: {
      files: [
        { path: 'onnx/model.onnx', bytes: 307_161_415 },
        { path: 'onnx/model.onnx_data', bytes: 2_093_436_928 },
      ],
      largestTensorBytes: 151_669 * 1024 * 4,
    },
    fp16: {
      files: [{ path: 'onnx/model_fp16.onnx', aboutBytes: 1126 * MiB }],
      largestTensorBytes: 151_669 * 1024 * 2,
      needsShaderF16: true,
    },
    q8: {
      files: [{ path: 'onnx/model_quantized.onnx', bytes: 613_527_631 }],
      // Integer dynamic quantisation: cosine to fp32 only 0.855 to 0.924, and no WebGPU kernels.
      notRecommended: true,
    },
    int8: {
      files: [{ path: 'onnx/model_int8.onnx', bytes: 613_527_539 }],
      notRecommended: true,
    },
    q4: {
      files: [{ path: 'onnx/model_q4.onnx', aboutBytes: 872 * MiB }],
      largestTensorBytes: 151_669 * 1024 * 4,
    },
    q4f16: {
      files: [{ path: 'onnx/model_q4f16.onnx', aboutBytes: 541 * MiB }],
      largestTensorBytes: 151_669 * 1024 * 2,
      needsShaderF16: true,
    },
  },
  // The model card's own scores (fp32). A broken kernel is off by far more than 4 bits are.
  selfTest: {
    texts: [
      qwen3Query('What is the capital of China?'),
      qwen3Query('Explain gravity'),
      'The capital of China is Beijing.',
      'Gravity is a force that attracts two bodies towards each other. It gives weight to physical ' +
        'objects and is responsible for the movement of planets around the sun.',
    ],
    cosines: [
      { a: 0, b: 2, value: 0.7645568 },
      { a: 0, b: 3, value: 0.1414251 },
      { a: 1, b: 2, value: 0.1354974 },
      { a: 1, b: 3, value: 0.599955 },
    ],
    tolerance: 0.08,
  },
  licence: 'Apache-2.0',
};

/** multilingual-e5-small at 4 bits, served with the site: 100 languages, no hub needed. */
const starter: ModelSpec = {
  id: 'starter',
  source: { url: 'starter/' },
  revision: 'e5-small-q4-2045182f12b8',
  pooling: 'mean',
  prompts: { query: 'query: ', document: 'passage: ' },
  dimensions: 384,
  maxTokens: 512,
  tokenizer: {
    tokenizer: {
      path: 'tokenizer.json',
      bytes: 8_780_160,
      sha256: 'f32f0f7fb0b83d850c85fa2de8f7e5b0cfbf81909b990630feaeb8f3342f1f76',
    },
    config: {
      path: 'tokenizer_config.json',
      bytes: 252,
      sha256: '212079d5a353ffe682d522208b1fbbcffbed635b52248bf6534d51f965310d97',
    },
  },
  dtypes: {
    q4: {
      files: [
        {
          path: 'onnx/model_q4.onnx',
          bytes: 74_335_673,
          sha256: '2045182f12b8fb12097c8af5916364d5cf60741a204d8fa3b05359398b9892b8',
        },
      ],
      largestTensorBytes: 48_000_192,
    },
  },
  // First 48 values from ONNX Runtime's native CPU build, which agrees with the float64 reference.
  selfTest: {
    text:
      'passage: Nearfield looks for meaning rather than for the same words: a question about a ' +
      'forgotten password finds the page on account recovery, 日本語でも, auch auf Deutsch, и ' +
      'по-русски, and no text ever leaves the device of its reader.',
    vector: [
      0.030558, -0.053346, -0.057502, -0.056072, 0.078666, -0.041906, 0.018014, 0.00899, 0.029321,
      0.024207, 0.02288, 0.028514, 0.065339, -0.018228, -0.055949, 0.052186, 0.056158, 0.011752,
      -0.059941, -0.036144, 0.050424, 0.016845, -0.056977, 0.032813, 0.066772, 0.035668, -0.016006,
      0.028479, 0.013958, -0.071606, -0.061738, -0.018374, 0.050983, -0.062356, 0.040983, 0.035749,
      -0.066789, -0.034626, 0.062062, -0.056684, -0.055691, 0.004177, 0.057222, 0.094027, 0.033734,
      0.057688, -0.013728, 0.025568,
    ],
    minCosine: 0.9999,
    // From the float64 reference (tools/golden/starter.json).
    short: {
      text: 'query: how do I reset my password?',
      vector: [
        0.058461, -0.013949, 0.001545, -0.059284, 0.053884, -0.059644, 0.018206, 0.018943, 0.02948,
        -0.021511, 0.014911, 0.041587, 0.084083, -0.034387, -0.028342, 0.048681, 0.073317,
        -0.019517, -0.043022, -0.057659, 0.044774, 0.029367, -0.074132, 0.04749, 0.054303, 0.034436,
        -0.019116, 0.038407, 0.058041, -0.085448, -0.066838, -0.017129, 0.029059, -0.081253, 0.0144,
        0.016467, -0.03176, -0.060191, 0.062545, -0.059029, 0.021582, 0.069054, 0.073108, 0.089926,
        0.006458, 0.010786, -0.046235, 0.040537,
      ],
    },
  },
  licence: 'MIT',
};

/** Models known by a short name. */
export const CATALOGUE: Readonly<Record<string, ModelSpec>> = {
  [qwen3.id]: qwen3,
  [starter.id]: starter,
};

export const DEFAULT_MODEL = qwen3.id;
export const HUB_URL = 'https://huggingface.co';
