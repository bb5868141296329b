import { serve } from '../src/bridge/serve.ts';
import { EmbedService } from '../src/engine/index.ts';

serve(new EmbedService());
