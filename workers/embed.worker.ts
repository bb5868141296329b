import { transfer } from 'comlink';
import { serve } from '../src/bridge/serve.ts';
import { EmbedService } from '../src/engine/index.ts';

const service = new EmbedService();

serve({
  load: service.load.bind(service),
  close: service.close.bind(service),
  async embed(...request: Parameters<typeof service.embed>) {
    const reply = await service.embed(...request);
    return reply.value ? transfer(reply, [reply.value.data.buffer]) : reply;
  },
});
