import { createEmbedder, type Embeddings } from 'nearfield';

await using embedder = await createEmbedder({ model: 'starter', device: 'wasm', threads: 2 });
const out: Embeddings = await embedder.embed('Where do rivers begin?', { kind: 'query' });
Object.assign(globalThis, {
  result: {
    dimensions: out.dimensions,
    length: Math.hypot(...out.row(0)),
    threads: embedder.info.threads,
    runtime: embedder.info.runtime,
  },
});
