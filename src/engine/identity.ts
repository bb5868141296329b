/** What a loaded model is called, and which files make it up. */

import {
  NearfieldError,
  type Dtype,
  type ModelFile,
  type ModelSpec,
  type RuntimeName,
} from '../contract/index.ts';
import { sha256 } from '../weights/hash.ts';
import { isSafePath } from '../weights/path.ts';

export interface Made {
  spec: ModelSpec;
  revision: string;
  dtype: Dtype;
  maxTokens: number;
  runtime: RuntimeName;
}

/** Equal for two loads exactly when their vectors may be mixed. */
export function identityOf({ spec, revision, dtype, maxTokens, runtime }: Made): string {
  return [
    `${spec.id}@${revision} ${dtype} ${spec.pooling} ${maxTokens}`,
    // Its vectors are near those of ONNX Runtime, but not the same.
    ...(runtime === 'native' ? ['native'] : []),
  ].join(' ');
}

/** A version for folders that name none: 16 hex digits over the hashes of all files used. @param hashes SHA-256 by path */
export async function revisionOf(hashes: ReadonlyMap<string, string>): Promise<string> {
  const lines = Array.from(hashes, ([path, hash]) => `${path} ${hash}`).sort();
  return (await sha256(new Blob([lines.join('\n')]))).slice(0, 16);
}

/** The graph names its data files; a hostile one must not lead out of the model's folder. */
export function besideGraph(graph: ModelFile, location: string): string {
  if (!isSafePath(location)) {
    throw new NearfieldError(
      'bad-model',
      `${graph.path} names a data file outside its folder: "${location}".`,
    );
  }
  return graph.path.split('/').slice(0, -1).concat(location).join('/');
}
