/** A process that embeds what it is sent, on one thread. Started by embedders.ts, which names its instructions. */

import type { Simd } from '../../src/contract/index.ts';
import { openModel } from '../../src/node/index.ts';
import type { Order } from './embedders.ts';

const simd = process.argv[2] as Simd;
const starter = await openModel('starter', { cacheDir: '.cache', simd, threads: 1 });
process.on('message', ({ texts, kind }: Order) => {
  void starter.embed(texts, kind).then((data) => process.send!(data));
});
