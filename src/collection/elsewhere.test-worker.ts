/** The search worker as browsers other than Chromium run it, by the worker's name. */

import { serve } from '../bridge/serve.ts';
import { SearchService } from './service.ts';

interface Prototype {
  createSyncAccessHandle?: (options?: object) => Promise<object>;
}

const prototype = FileSystemFileHandle.prototype as Prototype;
const create = prototype.createSyncAccessHandle!;

// Without OPFS in workers, or as Firefox and Safari have it: no modes, one handle for a file.
if (self.name === 'without') delete prototype.createSyncAccessHandle;
else {
  prototype.createSyncAccessHandle = async function (this: FileSystemFileHandle) {
    const handle = await create.call(this);
    return Object.defineProperty(handle, 'mode', { value: undefined });
  };
}

serve(new SearchService());
