import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Licence texts of packages that do not carry theirs. */
const KEPT = 'docs/licences';

const PACKAGE = /^.*\/node_modules\/((?:@[^/]+\/)?[^/]+)/;

interface Manifest {
  name: string;
  version: string;
  license?: string;
  repository?: string | { url: string };
}

/** Folders of the packages that the modules belong to. */
export function packageFolders(moduleIds: readonly string[]): string[] {
  const folders = moduleIds.map((id) => PACKAGE.exec(id.replace(/^\0/, ''))?.[0]);
  return [...new Set(folders.filter((folder) => folder !== undefined))].sort();
}

export async function noticesFor(moduleIds: readonly string[]): Promise<string> {
  const notices = await Promise.all(packageFolders(moduleIds).map(noticeOf));
  const head = 'This software contains the following, under their own licences.\n';
  return [head, ...notices].join(`\n${'-'.repeat(80)}\n\n`);
}

async function noticeOf(folder: string): Promise<string> {
  const manifest = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as Manifest;
  const { name, version, license = 'unknown', repository } = manifest;
  const source = typeof repository === 'object' ? repository.url : repository;
  const text = await licenceText(folder, name);
  return `${name} ${version} (${license})\n${source ?? ''}\n\n${text.trim()}\n`;
}

async function licenceText(folder: string, name: string): Promise<string> {
  const own = (await readdir(folder)).filter((file) => /^(licen[cs]e|notice)/i.test(file));
  const files = own.map((file) => join(folder, file));
  if (files.length === 0) files.push(join(KEPT, `${name.replace('/', '__')}.txt`));
  return (await Promise.all(files.map((file) => readFile(file, 'utf8')))).join('\n\n');
}
