/** Text to unit vectors in a worker, over one runtime interface: tokens in, pooled vectors out. */

export { EmbedService } from './service.ts';
export { HashService } from './hash-service.ts';
export { TokenService } from './token-service.ts';
export { serveThread, type Answer, type Order, type SpawnThread } from './native/index.ts';
export type { OpenHash } from '../weights/hash.ts';
export { openTokens, type OpenTokens } from './tokens.ts';
