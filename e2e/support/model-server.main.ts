/** `tsx e2e/support/model-server.main.ts [port]`: the model server by itself. */

import { MODEL_SERVER_PORT, startModelServer } from './model-server.ts';

const server = await startModelServer({ port: Number(process.argv[2] ?? MODEL_SERVER_PORT) });
console.log(`Model folders at ${server.url}`);
