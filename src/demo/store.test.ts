import { expect, test } from 'vitest';
import { createStore } from './store.ts';

test('a view draws at once, and again only when what it looks at changed', () => {
  const store = createStore({ a: 1, b: 'x' });
  const drawn: number[] = [];
  store.watch(
    ({ a }) => [a],
    ({ a }) => drawn.push(a),
  );
  store.set({ b: 'y' });
  store.set({ a: 1 });
  store.set({ a: 2 });
  expect(drawn).toEqual([1, 2]);
  expect(store.get()).toEqual({ a: 2, b: 'y' });
});

test('what a draw sets reaches every other view', () => {
  const store = createStore({ a: 0, double: 0 });
  const drawn: number[] = [];
  store.watch(
    ({ a }) => [a],
    ({ a }) => store.set({ double: a * 2 }),
  );
  store.watch(
    ({ double }) => [double],
    ({ double }) => drawn.push(double),
  );
  store.set({ a: 3 });
  expect(drawn).toEqual([0, 6]);
});
