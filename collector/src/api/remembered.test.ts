import { expect, it } from 'vitest';
import type { Store } from '../store/store.ts';
import { remembered } from './remembered.ts';

/** Nothing is asked of it: it only tells one store's answers from another's. */
const aStore = () => ({}) as Store;

it('reads once a minute for a key, and for each store by itself', async () => {
  const [store, other] = [aStore(), aStore()];
  let reads = 0;
  const ask = (of: Store, key: string, nowMs: number) => remembered(of, key, nowMs, async () => ++reads);
  expect([await ask(store, 'a', 0), await ask(store, 'a', 59_999), await ask(store, 'b', 0)]).toEqual([1, 1, 2]);
  expect(await ask(other, 'a', 0)).toBe(3);
  expect(await ask(store, 'a', 60_000)).toBe(4);
});

it('asks once for those who ask at the same time', async () => {
  const store = aStore();
  let reads = 0;
  const read = async () => ++reads;
  expect(await Promise.all([remembered(store, 'a', 0, read), remembered(store, 'a', 0, read)])).toEqual([1, 1]);
});

it('keeps no failure, and no more than sixteen answers', async () => {
  const store = aStore();
  await expect(remembered(store, 'a', 0, () => Promise.reject(new Error('away')))).rejects.toThrow('away');
  expect(await remembered(store, 'a', 0, async () => 'back')).toBe('back');
  for (let index = 0; index < 16; index++) await remembered(store, `other ${index}`, 0, async () => '');
  expect(await remembered(store, 'a', 0, async () => 'read again')).toBe('read again');
});
