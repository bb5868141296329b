/** The engine: which model, on which device, and what it says about itself. */

import type { Device, DeviceChoice, EmbedderInfo } from '../../index.ts';
import { button, byId, h } from '../dom.ts';
import { bytes, count, milliseconds } from '../format.ts';
import { MODELS, type ModelId } from '../models.ts';
import type { State } from '../state.ts';
import type { Store } from '../store.ts';
import { deviceName, modelName } from './names.ts';
import { troubleCard } from './trouble-card.ts';

export interface EngineActions {
  load: (model: ModelId, device: DeviceChoice) => void;
  dismissTrouble: () => void;
}

const ABOUT: Readonly<Record<ModelId, { name: string; about: string }>> = {
  starter: {
    name: 'Starter',
    about: 'multilingual-e5-small at 4 bits. 100 languages, quick everywhere.',
  },
  'qwen3-embedding-0.6b': {
    name: 'Qwen3-Embedding-0.6B',
    about: 'Finer sense of meaning, longer texts. Best with WebGPU.',
  },
};
const DEVICES: readonly (readonly [DeviceChoice, string])[] = [
  ['auto', 'Auto'],
  ['webgpu', 'WebGPU'],
  ['wasm', 'WASM'],
];

export function setUpEngine(store: Store<State>, actions: EngineActions): void {
  const trouble = h('div');
  const models = h('ul', { class: 'models' });
  const facts = h('dl', { class: 'gauges' });
  const notes = h('div', { class: 'notes' });
  byId('engine-panel', HTMLElement).append(
    h('h2', { class: 'panel-title', attrs: { id: 'engine-title' } }, 'Engine'),
    models,
    trouble,
    deviceChoice(store, actions),
    facts,
    notes,
  );
  store.watch(
    ({ engine, loading, sizes }) => [engine?.model, loading?.model, sizes],
    (state) => models.replaceChildren(...MODELS.map((id) => drawModel(id, state, actions))),
  );
  store.watch(
    ({ engine }) => [engine],
    ({ engine }) => {
      facts.replaceChildren(...gauges(engine));
      notes.replaceChildren(...(engine ? remarks(engine) : []));
    },
  );
  store.watch(
    ({ engineTrouble, engine }) => [engineTrouble, engine?.model],
    ({ engineTrouble, engine }) => {
      const ways = engine
        ? [{ label: `Stay with ${modelName(engine.model)}`, go: actions.dismissTrouble }]
        : [];
      trouble.replaceChildren(...(engineTrouble ? [troubleCard(engineTrouble, ways)] : []));
    },
  );
  setUpPill(store);
}

function drawModel(
  id: ModelId,
  { engine, loading, sizes, device }: State,
  actions: EngineActions,
): HTMLElement {
  const known = sizes[id];
  const used = engine?.model === id;
  const coming = loading?.model === id;
  const missing = known?.missing ?? 0;
  const size = missing > 0 ? `${bytes(missing)} download` : known && 'stored in this browser';
  return h(
    'li',
    { class: 'model', attrs: { 'data-used': used } },
    h('h3', {}, ABOUT[id].name),
    h('p', {}, ABOUT[id].about),
    h(
      'div',
      { class: 'model-foot' },
      h('span', { class: 'facts' }, size ?? ''),
      used || coming
        ? h('span', { class: 'state' }, used ? 'in use' : 'loading…')
        : button('Use', () => actions.load(id, device), {
            name: `Use ${ABOUT[id].name}${missing > 0 ? `, ${bytes(missing)} download` : ''}`,
          }),
    ),
  );
}

function deviceChoice(store: Store<State>, actions: EngineActions): HTMLElement {
  const inputs = DEVICES.map(([value]) =>
    h('input', { attrs: { type: 'radio', name: 'device', value } }),
  );
  store.watch(
    ({ device, loading }) => [device, loading?.device],
    ({ device, loading }) => {
      for (const input of inputs) input.checked = input.value === (loading?.device ?? device);
    },
  );
  const group = h(
    'fieldset',
    { class: 'devices' },
    h('legend', { class: 'sr-only' }, 'Run on'),
    ...DEVICES.map(([, label], i) =>
      h('label', { class: 'device' }, inputs[i], h('span', {}, label)),
    ),
  );
  group.addEventListener('change', () => {
    const chosen = DEVICES[inputs.findIndex(({ checked }) => checked)]?.[0] ?? 'auto';
    const { loading, engine } = store.get();
    const model = loading?.model ?? MODELS.find((id) => id === engine?.model) ?? 'starter';
    actions.load(model, chosen);
  });
  return group;
}

/** The rows stand before the values are known, so that nothing moves when they come. */
function gauges(info: EmbedderInfo | undefined): HTMLElement[] {
  const value = (from: (known: EmbedderInfo) => string): string => (info ? from(info) : '–');
  const rows: [string, string][] = [
    ['Runs on', value(({ device }) => shortDevice(device))],
    ...(info?.queries
      ? [['Questions run on', shortDevice(info.queries.device)] satisfies [string, string]]
      : []),
    ...(info?.adapter ? [['Adapter', info.adapter] satisfies [string, string]] : []),
    ['Threads', value(({ threads }) => String(threads))],
    ['Precision', value(({ dtype }) => dtype)],
    ['Vector', value(({ dimensions }) => `${count(dimensions)} values`)],
    ['Longest text', value(({ maxTokens }) => `${count(maxTokens)} tokens`)],
    ['Texts embedded', value(({ counts }) => count(counts.texts))],
    ['Cache hits', value(({ counts }) => count(counts.cacheHits))],
    ['Time computing', value(({ counts }) => milliseconds(counts.milliseconds))],
  ];
  return rows.map(([name, text]) => h('div', {}, h('dt', {}, name), h('dd', {}, text)));
}

function remarks({ fallback, warnings }: EmbedderInfo): HTMLElement[] {
  const reason = fallback && `${shortDevice(fallback.from)} was left: ${fallback.message}`;
  const all = [...(reason ? [reason] : []), ...warnings];
  return all.map((text) => h('p', { class: 'remark' }, text));
}

function setUpPill(store: Store<State>): void {
  const pill = byId('pill', HTMLAnchorElement);
  const text = byId('pill-text', HTMLSpanElement);
  store.watch(
    ({ engine, loading, engineTrouble }) => [
      engine?.model,
      engine?.device,
      loading !== undefined,
      engineTrouble,
    ],
    ({ engine, loading, engineTrouble }) => {
      pill.dataset['state'] = loading
        ? 'busy'
        : engine
          ? 'ready'
          : engineTrouble
            ? 'trouble'
            : 'idle';
      const model = ABOUT[MODELS.find((id) => id === engine?.model) ?? 'starter'].name;
      text.textContent = loading
        ? 'Loading'
        : engine
          ? `${model} · ${shortDevice(engine.device)}`
          : engineTrouble
            ? 'Not running'
            : 'Asleep';
      pill.title = engine ? deviceName(engine) : '';
    },
  );
}

function shortDevice(device: Device): string {
  return device === 'webgpu' ? 'WebGPU' : 'WASM';
}
