import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import ts from 'typescript';

/** Types whose fields or members the page lists, by the files that they are in. */
const SOURCES = [
  ...['embedding', 'collection', 'errors', 'site'].map((name) => `src/contract/${name}.ts`),
  ...['options', 'events'].map((name) => `src/indexing/${name}.ts`),
  'src/crawl/folder/options.ts',
];
const page = readFileSync('docs/api.md', 'utf8');

it('names everything that the package exports by value', () => {
  const source = readFileSync('src/index.ts', 'utf8');
  const values = [...source.matchAll(/^export \{([^}]*)\}/gm)].flatMap(([, names]) =>
    names!.split(',').map((name) => name.trim()),
  );
  const missing = values.filter((name) => name !== '' && !page.includes(name));
  expect(values.length).toBeGreaterThan(8);
  expect(missing).toEqual([]);
});

it('has a table for each type that it lists, with just its members', () => {
  const members = new Map(SOURCES.flatMap((path) => [...membersOf(path)]));
  const tables = fieldTables(page);
  for (const [type, fields] of tables) {
    expect([...fields].sort(), type).toEqual([...(members.get(type) ?? [])].sort());
  }
  expect([...tables.keys()]).toEqual(
    expect.arrayContaining([
      'EmbedderOptions',
      'SearchOptions',
      'SiteIndex',
      'IndexOptions',
      'ErrorCode',
    ]),
  );
});

const TYPE_HEAD = /^\| `([A-Z]\w+)` +\|/;
const FIELD_ROW = /^\| `([^`]+)` +\|/;

/** Names in the first column of each such table, by the type. */
function fieldTables(markdown: string): Map<string, string[]> {
  const tables = new Map<string, string[]>();
  let fields: string[] | undefined;
  for (const line of markdown.split('\n')) {
    const [, type] = TYPE_HEAD.exec(line) ?? [];
    if (type !== undefined && !fields) tables.set(type, (fields = []));
    else if (!line.startsWith('|')) fields = undefined;
    else if (fields) {
      const [, name] = FIELD_ROW.exec(line) ?? [];
      if (name !== undefined) fields.push(name);
    }
  }
  return tables;
}

/** Members of the interfaces of a file, and the strings of its unions. */
function membersOf(path: string): Map<string, string[]> {
  const file = ts.createSourceFile(path, readFileSync(path, 'utf8'), ts.ScriptTarget.Latest);
  const all = new Map<string, string[]>();
  for (const node of file.statements) {
    if (ts.isInterfaceDeclaration(node)) {
      const names = node.members.flatMap(({ name }) =>
        name && ts.isIdentifier(name) ? [name.text] : [],
      );
      all.set(node.name.text, names);
    } else if (ts.isTypeAliasDeclaration(node) && ts.isUnionTypeNode(node.type)) {
      const texts = node.type.types.flatMap((type) =>
        ts.isLiteralTypeNode(type) && ts.isStringLiteral(type.literal) ? [type.literal.text] : [],
      );
      all.set(node.name.text, texts);
    }
  }
  return all;
}
