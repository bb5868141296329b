/** A model folder that is on this machine, as a store that has all of its files and takes no others. */

import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { NearfieldError } from '../contract/index.ts';
import type { FileKey, FileWriter, OpenStore, StoredFile } from '../weights/store.ts';
import { diskError, diskFile, hashOfFile, isMissing } from './disk-file.ts';

export class FolderStore implements OpenStore {
  readonly durable = true;
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** With its hash as it is now. */
  async get({ path }: FileKey): Promise<StoredFile | undefined> {
    const file = join(this.#folder, ...path.split('/'));
    try {
      const { size } = await stat(file);
      return await diskFile(file, { bytes: size, sha256: await hashOfFile(file) });
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw diskError(`${file} cannot be read`, error);
    }
  }

  /** Always throws: whoever asks has not found the file, or another one in its place. */
  async open(key: FileKey): Promise<FileWriter> {
    const there = await this.get(key);
    if (!there) {
      throw new NearfieldError(
        'model-not-found',
        `${this.#folder} holds no ${key.path}. Copy the whole model folder.`,
      );
    }
    throw new NearfieldError(
      'integrity',
      `${join(this.#folder, key.path)} is not the expected file: it has ${there.meta.bytes} bytes and SHA-256 ${there.meta.sha256}. Copy it again.`,
    );
  }
}
