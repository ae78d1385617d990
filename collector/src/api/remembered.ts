/**
 * Answers about a time that is over. The dashboard asks every few seconds, and what was yesterday is the same each time but
 * for spans that come late: so an answer is kept for a minute, and late spans are seen a minute later.
 */
import type { Store } from '../store/store.ts';

const KEPT_MS = 60_000;
/** The oldest goes first. An answer is of at most a page of endpoints. */
const ANSWERS_MAX = 16;

interface Answer {
  readonly atMs: number;
  readonly value: Promise<unknown>;
}

const answersOf = new WeakMap<Store, Map<string, Answer>>();

/** @param key everything that `read` depends on */
export function remembered<Value>(
  store: Store,
  key: string,
  nowMs: number,
  read: () => Promise<Value>,
): Promise<Value> {
  const answers = answersOf.get(store) ?? new Map<string, Answer>();
  answersOf.set(store, answers);
  const known = answers.get(key);
  if (known !== undefined && Math.abs(nowMs - known.atMs) < KEPT_MS) return known.value as Promise<Value>;
  const value = read();
  answers.delete(key);
  answers.set(key, { atMs: nowMs, value });
  // A failure is not kept: the next to ask tries again.
  value.catch(() => answers.get(key)?.value === value && answers.delete(key));
  const oldest = answers.keys().next().value;
  if (answers.size > ANSWERS_MAX && oldest !== undefined) answers.delete(oldest);
  return value;
}
