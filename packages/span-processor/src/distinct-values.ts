import { randomInt } from 'node:crypto';

/**
 * How many different values a repeated query was called with says how to mend it: one means that the same answer was fetched again
 * and again. Only the number leaves the process. Values are kept as 32-bit hashes with a salt of this process, so that not
 * even a heap dump gives them away.
 */
const SALT = randomInt(2 ** 32);
const PRIME = 0x01000193;

/**
 * A salted hash of what distinguishes one call of a statement from another: its text, for values that are written into
 * it, and its bind values. Never 0. `undefined` when a value is an object whose
 * content we would have to ask for.
 */
export function valuesHash(queryText: string, values: readonly unknown[] | undefined): number | undefined {
  let hash = hashText(SALT, queryText);
  for (const value of values ?? []) {
    const next = hashValue(Math.imul(hash ^ 0x1f, PRIME), value);
    if (next === undefined) return undefined;
    hash = next;
  }
  return hash >>> 0 || 1;
}

function hashValue(hash: number, value: unknown): number | undefined {
  if (value === null || value === undefined) return Math.imul(hash ^ 0x101, PRIME);
  if (typeof value === 'string') return hashText(hash, value);
  if (value instanceof Date) return hashText(hash, String(value.getTime()));
  if (Array.isArray(value)) return value.reduce((at, element) => at && hashValue(at, element), hash);
  if (typeof value === 'object' || typeof value === 'function' || typeof value === 'symbol') return undefined;
  return hashText(hash, String(value));
}

function hashText(seed: number, text: string): number {
  let hash = seed;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), PRIME);
  return hash;
}
