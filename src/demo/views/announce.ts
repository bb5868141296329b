/** What a screen reader hears: outcomes, never every step. */

import { byId } from '../dom.ts';
import { plural } from '../format.ts';
import type { Answer, State } from '../state.ts';
import type { Store } from '../store.ts';
import { titleOf } from './hit.ts';
import { deviceName, MODE_NAMES, modelName } from './names.ts';

export function announce(message: string): void {
  byId('announcer', HTMLParagraphElement).textContent = message;
}

export function setUpAnnouncements(store: Store<State>): void {
  store.watch(
    ({ answer }) => [answer],
    ({ answer }) => {
      if (answer) announce(outcome(answer));
    },
  );
  store.watch(
    ({ engine }) => [engine?.model, engine?.device],
    ({ engine }) => {
      if (engine) announce(`Ready: ${modelName(engine.model)} on ${deviceName(engine)}.`);
    },
  );
  store.watch(
    ({ engineTrouble, searchTrouble }) => [engineTrouble, searchTrouble],
    ({ engineTrouble, searchTrouble }) => {
      const trouble = engineTrouble ?? searchTrouble;
      if (trouble) announce(`${trouble.title}. ${trouble.advice}`);
    },
  );
}

function outcome({ hits, query, mode, like }: Answer): string {
  const found = plural(hits.length, 'hit');
  return like
    ? `${found} like “${titleOf(like)}”.`
    : `${found} for “${query}” by ${MODE_NAMES[mode].toLowerCase()}.`;
}
