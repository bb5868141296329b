/** A small static site with the search widget on it: the sample of human rights, under a strict policy. */

import { createReadStream } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CATALOGUE } from '../../src/contract/index.ts';
import { fromFloat16 } from '../../src/demo/corpora/float16.ts';
import { SAMPLE_FILES } from '../../src/demo/corpora/files.ts';
import { fitLight, vocabularyOf } from '../../src/light/index.ts';
import { buildSite, type SitePassage } from '../../src/site/index.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const LANGUAGES = ['en', 'de', 'fr', 'es', 'ar', 'ja'];
const TYPES: Readonly<Record<string, string>> = {
  '.js': 'text/javascript',
  '.json': 'application/json',
  '.wasm': 'application/wasm',
};

/** What a careful host sends: nothing inline, and no string becomes a script. */
const STRICT =
  "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self'; object-src 'none'; " +
  "base-uri 'none'; require-trusted-types-for 'script'; trusted-types 'none'";
/** The index's own model is WASM in a worker, which is made from its address. */
const WITH_MODEL =
  "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; object-src 'none'";

export interface WidgetSite {
  /** Origin, with a slash at its end. */
  url: string;
  /** Paths that were asked for, in order. */
  asked: string[];
  /** Files of such paths cannot be had. */
  failing: RegExp | undefined;
  stop(): Promise<void>;
}

/** Of another site's script: the library alone, for any origin. */
export async function serveLibrary(): Promise<WidgetSite> {
  return serve((path, response) =>
    path.startsWith('/dist/')
      ? sendFile(join(ROOT, path), response, { 'Access-Control-Allow-Origin': '*' })
      : notFound(response),
  );
}

/**
 * Pages: `/` has a trigger, `/inline/` a field, `/two/` both, `/model/` offers the index's own model,
 * and below `/udhr/` are those that are found. `?from=` names the origin of the script.
 */
export async function serveWidgetSite(): Promise<WidgetSite> {
  const files = await indexFiles();
  return serve(async (path, response, url) => {
    const file = files.get(path);
    if (file) return void response.writeHead(200, { 'Content-Type': typeOf(path) }).end(file);
    if (path.startsWith('/dist/')) return sendFile(join(ROOT, path), response);
    if (path.startsWith('/models/')) return sendFile(join(ROOT, 'public', path), response);
    if (path === '/favicon.ico') return void response.writeHead(204).end();
    if (path === '/page.css') return void response.writeHead(200, CSS).end(STYLES);
    if (path === '/modelled.js') return void response.writeHead(200, SCRIPT).end(MODELLED);
    const from = url.searchParams.get('from') ?? '';
    const html = pageAt(path, from);
    if (html === undefined) return notFound(response);
    const policy = path === '/model/' ? WITH_MODEL : from === '' ? STRICT : elsewhere(from);
    response.writeHead(200, {
      'Content-Type': 'text/html; charset=utf-8',
      'Content-Security-Policy': policy,
    });
    response.end(html);
  });
}

const CSS = { 'Content-Type': 'text/css' };
const SCRIPT = { 'Content-Type': 'text/javascript' };
const MODELLED =
  "document.querySelector('nearfield-search').modelOptions = { modelsUrl: '/models/', device: 'wasm' };";
const STYLES = `
:root { color-scheme: light dark; }
body { margin: 0 auto; max-width: 40rem; padding: 1rem; font: 1rem/1.5 sans-serif; }
nearfield-search:not(:defined) { display: inline-block; width: 13rem; height: 2.5rem; vertical-align: middle; }
nearfield-search[mode='inline']:not(:defined) { display: block; width: auto; height: 2.75rem; }
`;

function elsewhere(origin: string): string {
  return `default-src 'self'; script-src 'self' ${origin}; style-src 'self'; connect-src 'self'`;
}

function pageAt(path: string, from: string): string | undefined {
  const trigger = '<nearfield-search></nearfield-search>';
  const inline = '<nearfield-search mode="inline" meaning="ask"></nearfield-search>';
  const bodies: Readonly<Record<string, string>> = {
    '/': trigger,
    '/inline/': inline,
    '/two/': `${trigger}${inline}`,
    '/model/':
      '<nearfield-search model="ask"></nearfield-search><script src="/modelled.js"></script>',
  };
  const found = /^\/udhr\/(\w+)\/$/.exec(path)?.[1];
  const body = found === undefined ? bodies[path] : `${trigger}${sections()}`;
  if (body === undefined) return undefined;
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>Rights</title>
    <link rel="stylesheet" href="/page.css">
    <script type="module" src="${from}/dist/widget.js"></script>
  </head>
  <body><main><h1>Rights</h1>${body}<p>Below the search.</p></main></body>
</html>`;
}

function sections(): string {
  const ids = Array.from({ length: 30 }, (_, i) => `<h2 id="article-${i + 1}">${i + 1}</h2>`);
  return ids.join('');
}

/** By the paths that they are served at. */
async function indexFiles(): Promise<Map<string, Uint8Array>> {
  const { passages, vectors } = await sample();
  const { id: model, revision, pooling, dimensions } = CATALOGUE['starter']!;
  const made = { model, revision: revision!, pooling, dimensions };
  const tokenizer = await readFile(join(ROOT, 'public/models/starter/tokenizer.json'), 'utf8');
  const light = await fitLight({
    model: made,
    vocabulary: vocabularyOf(JSON.parse(tokenizer)),
    passages: { texts: passages.map(({ text }) => text), vectors },
  });
  const meaning = { model: made, vectors, light };
  const { files, manifest } = await buildSite({ passages, filters: ['language'], meaning });
  return new Map([...files, manifest].map(({ name, bytes }) => [`/nearfield/${name}`, bytes]));
}

interface Article {
  text: string;
  metadata: { language: string; heading: string; article: number };
}

/** A page for each language, a section for each article. */
async function sample(): Promise<{ passages: SitePassage[]; vectors: Float32Array }> {
  const { documents: path, vectors: rows } = SAMPLE_FILES.udhr;
  const { documents, dimensions } = JSON.parse(
    await readFile(join(ROOT, 'public', path), 'utf8'),
  ) as { documents: Article[]; dimensions: number };
  const halves = Uint8Array.from(await readFile(join(ROOT, 'public', rows)));
  const all = fromFloat16(new Uint16Array(halves.buffer));
  const wanted = documents.flatMap(({ metadata }, row) =>
    LANGUAGES.includes(metadata.language) ? [row] : [],
  );
  const passages = wanted.map((row): SitePassage => {
    const { text, metadata } = documents[row]!;
    const { language, heading, article } = metadata;
    return {
      url: `/udhr/${language}/`,
      title: `Human rights (${language})`,
      headings: [heading],
      anchor: `article-${article}`,
      text,
      language,
      metadata: { language },
    };
  });
  const vectors = wanted.flatMap((row) => [
    ...all.subarray(row * dimensions, (row + 1) * dimensions),
  ]);
  return { passages, vectors: Float32Array.from(vectors) };
}

type Answer = (path: string, response: ServerResponse, url: URL) => Promise<void> | void;

async function serve(answer: Answer): Promise<WidgetSite> {
  const asked: string[] = [];
  const server = createServer((request: IncomingMessage, response) => {
    const url = new URL(request.url ?? '/', 'http://site');
    asked.push(url.pathname);
    if (site.failing?.test(url.pathname)) return void response.writeHead(503).end();
    void answer(url.pathname, response, url);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The server has no port.');
  const site: WidgetSite = {
    url: `http://127.0.0.1:${address.port}/`,
    asked,
    failing: undefined,
    stop: () => stopped(server),
  };
  return site;
}

async function sendFile(
  file: string,
  response: ServerResponse,
  headers: Readonly<Record<string, string>> = {},
): Promise<void> {
  const found = await stat(file).catch(() => undefined);
  if (!found?.isFile()) return notFound(response);
  response.writeHead(200, {
    ...headers,
    'Content-Type': typeOf(file),
    'Content-Length': found.size,
  });
  createReadStream(file).pipe(response);
}

function notFound(response: ServerResponse): void {
  response.writeHead(404).end();
}

function typeOf(path: string): string {
  return TYPES[extname(path)] ?? 'application/octet-stream';
}

async function stopped(server: Server): Promise<void> {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
}
