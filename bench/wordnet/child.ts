/** A process that embeds what it is sent, on one thread. Started by embedders.ts, which names its instructions. */

import type { Simd } from '../../src/contract/index.ts';
import { openNativeStarter } from '../../tools/native/starter.ts';
import type { Order } from './embedders.ts';

const starter = await openNativeStarter({ simd: process.argv[2] as Simd, threads: 1 });
process.on('message', ({ texts, kind }: Order) => {
  void starter.embed(texts, kind).then((data) => process.send!(data));
});
