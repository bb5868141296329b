/** Tables of the API's page that list a type: their head begins with its name. */

const TYPE_HEAD = /^\| `([A-Z]\w+)` +\|/;
const FIELD_ROW = /^\| `([^`]+)` +\|/;

/** Names in the first column of each such table, by the type. */
export function fieldTables(markdown: string): Map<string, string[]> {
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
