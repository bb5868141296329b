/** The import arrows of docs/architecture.md, as rules. */

/** Room -> rooms it may import beside itself. */
const ROOMS = {
  contract: [],
  onnx: ['contract'],
  kernels: [],
  device: ['contract'],
  weights: ['contract', 'device'],
  engine: ['contract', 'onnx', 'weights', 'device', 'kernels'],
  bridge: ['contract'],
  cache: ['contract'],
  vectors: ['contract', 'device', 'kernels'],
  words: ['contract', 'vectors'],
  light: ['contract'],
  passages: ['contract'],
  collection: ['contract', 'device', 'passages', 'vectors', 'words', 'cache', 'bridge'],
  crawl: ['contract', 'passages'],
  site: ['contract', 'vectors', 'words', 'light', 'collection/filter'],
  // The last is for tests: a small site to search.
  widget: ['contract', 'site/index.ts', 'index.ts'],
  node: ['contract', 'onnx', 'weights', 'engine', 'device', 'kernels'],
  indexing: ['contract', 'crawl', 'passages', 'node', 'light', 'site'],
  cli: ['contract', 'indexing'],
  integrations: ['indexing/index.ts'],
};

const FRONT_DOOR_MAY = ['contract', 'bridge', 'cache', 'collection', 'weights', 'device'];
const WORKERS_MAY = ['contract', 'bridge', 'device', 'engine', 'collection'];

/** Package -> the only places that may import it. */
const PACKAGES = {
  'onnxruntime-web': ['^src/engine/ort/'],
  '@huggingface/tokenizers': ['^src/engine/tokenizer\\.ts$'],
  '@huggingface/transformers': [],
  comlink: ['^src/bridge/', '^src/collection/', '^workers/'],
  idb: ['^src/cache/', '^src/collection/'],
  '@orama/stemmers': ['^src/words/stemmers\\.ts$'],
  parse5: ['^src/crawl/html/'],
  'markdown-it': ['^src/crawl/markdown/'],
  yaml: ['^src/crawl/markdown/'],
  picomatch: ['^src/crawl/folder/'],
};

/** Tests and benchmarks compare against anything. */
const FREE = ['\\.test(-support)?\\.ts$', '^bench/', '^e2e/', '^tools/'];

/** Reads the disk: never in a browser's bundle. */
const NODE_ONLY = ['^src/crawl/folder/', '^src/(node|indexing|cli|integrations)/'];

const roomRules = Object.entries(ROOMS).map(([room, allowed]) => ({
  name: `room-${room}`,
  comment: `src/${room} imports only itself and: ${allowed.join(', ') || 'nothing'}.`,
  severity: 'error',
  from: { path: `^src/${room}/`, pathNot: FREE },
  to: { path: '^(src|workers|tools|e2e|bench)/', pathNot: inRooms([room, ...allowed]) },
}));

const packageRules = Object.entries(PACKAGES).map(([name, places]) => ({
  name: `package-${name.replace(/\W+/g, '-')}`,
  comment: `${name} is imported only from: ${places.join(', ') || 'tests and benchmarks'}.`,
  severity: 'error',
  from: { path: '^(src|workers)/', pathNot: [...FREE, ...places] },
  to: { path: `(^|node_modules/)${name}(/|$)` },
}));

function inRooms(rooms) {
  return rooms.map((room) =>
    room.endsWith('.ts') ? `^src/${room.replace('.', '\\.')}$` : `^src/${room}/`,
  );
}

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    ...roomRules,
    ...packageRules,
    {
      name: 'front-door',
      comment: `src/*.ts imports only: ${FRONT_DOOR_MAY.join(', ')}.`,
      severity: 'error',
      from: { path: '^src/[^/]+\\.ts$', pathNot: FREE },
      to: { path: '^(src/[^/]+|workers|tools|e2e|bench)/', pathNot: inRooms(FRONT_DOOR_MAY) },
    },
    {
      name: 'workers',
      comment: `workers/*.ts import only: ${WORKERS_MAY.join(', ')}.`,
      severity: 'error',
      from: { path: '^workers/', pathNot: FREE },
      to: { path: '^(src|tools|e2e|bench)/', pathNot: inRooms(WORKERS_MAY) },
    },
    {
      name: 'demo-uses-the-public-api',
      comment: 'src/demo imports src/index.ts and nothing behind it.',
      severity: 'error',
      from: { path: '^src/demo/', pathNot: FREE },
      to: {
        path: '^(src|workers|tools|e2e|bench)/',
        pathNot: ['^src/demo/', '^src/index\\.ts$'],
      },
    },
    {
      name: 'docs',
      comment: "The documentation's script is the widget, and light or dark as in the demo.",
      severity: 'error',
      from: { path: '^src/docs/', pathNot: FREE },
      to: {
        path: '^(src|workers|tools|e2e|bench)/',
        pathNot: ['^src/docs/', '^src/widget/index\\.ts$', '^src/demo/theme\\.ts$'],
      },
    },
    {
      name: 'contract-imports-nothing',
      comment: 'Both sides of every bridge import the contract; it has no dependency.',
      severity: 'error',
      from: { path: '^src/contract/', pathNot: FREE },
      to: { pathNot: '^src/contract/' },
    },
    {
      name: 'no-node-in-the-browser',
      severity: 'error',
      from: { path: '^(src|workers)/', pathNot: [...FREE, ...NODE_ONLY] },
      to: { dependencyTypes: ['core'] },
    },
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.node.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'browser', 'default', 'types'],
    },
  },
};
