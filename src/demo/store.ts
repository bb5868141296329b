/** One object of state; views redraw when the part they look at changes. */

export interface Store<S> {
  get: () => Readonly<S>;
  set: (patch: Partial<S>) => void;
  /** Draws now, and again whenever a value that `select` gives has changed. */
  watch(
    select: (state: Readonly<S>) => readonly unknown[],
    draw: (state: Readonly<S>) => void,
  ): void;
}

export function createStore<S extends object>(initial: S): Store<S> {
  let state: Readonly<S> = initial;
  const watchers = new Set<() => void>();
  return {
    get: () => state,
    set: (patch) => {
      state = { ...state, ...patch };
      for (const notify of watchers) notify();
    },
    watch: (select, draw) => {
      let seen: readonly unknown[] = [];
      const notify = (): void => {
        const next = select(state);
        if (seen.length === next.length && next.every((value, i) => Object.is(value, seen[i]))) {
          return;
        }
        seen = next;
        draw(state);
      };
      watchers.add(notify);
      notify();
    },
  };
}
