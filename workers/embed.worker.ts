import { transfer } from 'comlink';
import { serve } from '../src/bridge/serve.ts';
import { EmbedService, HashService, TokenService } from '../src/engine/index.ts';
import { COMPUTE_THREAD, serveComputing, spawnThread } from './compute-thread.ts';
import { HASH_THREAD, openHashOnThread } from './hash-thread.ts';
import { openTokensOnThread, TOKENIZER_THREAD } from './tokenizer-thread.ts';

if (self.name === TOKENIZER_THREAD) serve(new TokenService());
else if (self.name === HASH_THREAD) serve(new HashService());
else if (self.name === COMPUTE_THREAD) serveComputing();
else {
  const host = { openTokens: openTokensOnThread, openHash: openHashOnThread, spawnThread };
  serveEmbeddings(new EmbedService(host));
}

function serveEmbeddings(service: EmbedService): void {
  serve({
    load: service.load.bind(service),
    stop: service.stop.bind(service),
    close: service.close.bind(service),
    async embed(...request: Parameters<typeof service.embed>) {
      const reply = await service.embed(...request);
      return reply.value ? transfer(reply, [reply.value.data.buffer]) : reply;
    },
  });
}
