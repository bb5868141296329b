/** Hosts one collection: its vectors in memory, its storage, its search. */

import { serve } from '../src/bridge/serve.ts';
import { SearchService } from '../src/collection/service.ts';

serve(new SearchService());
