import { indexSite } from 'nearfield/build';

// What the command embedded is kept: nothing is to be done again.
const { embedded } = await indexSite({ dir: 'docs', out: 'built' });
if (embedded !== 0) throw new Error(`${embedded} texts were embedded again`);
