import { randomInt } from 'node:crypto';

/**
 * How many different values a repeated query was called with: one means the same answer was fetched again and again.
 * Only the count leaves the process. Values are kept as 32-bit hashes with a salt of this process, so that not even a
 * heap dump gives them away.
 */
export class DistinctValues {
  /** Some call did not show its values, or there was no room to tell them apart. */
  unknown = false;
  readonly #hashes = new Set<number>();

  static unknown(): DistinctValues {
    const values = new DistinctValues();
    values.unknown = true;
    return values;
  }

  add(hash: number, budget: ValuesBudget): void {
    if (this.unknown || this.#hashes.has(hash)) return;
    if (budget.take()) this.#hashes.add(hash);
    else this.unknown = true;
  }

  merge(more: DistinctValues): void {
    if (more.unknown) this.unknown = true;
    else for (const hash of more.#hashes) this.#hashes.add(hash);
  }

  /** -1 when unknown. */
  get count(): number {
    return this.unknown ? -1 : this.#hashes.size;
  }
}

/** Hashes that one request may keep; a statement that finds none left has an unknown count. */
export class ValuesBudget {
  #left = 2_000;

  take(): boolean {
    return this.#left-- > 0;
  }
}

const SALT = randomInt(2 ** 32);
const PRIME = 0x01000193;

/**
 * A salted hash of what distinguishes one call of a statement from another: its text, for values that are written into
 * it, and its bind values. `undefined` when a value is an object whose content we would have to ask for.
 */
export function valuesHash(queryText: string, values: readonly unknown[] | undefined): number | undefined {
  let hash = hashText(SALT, queryText);
  for (const value of values ?? []) {
    const next = hashValue(Math.imul(hash ^ 0x1f, PRIME), value);
    if (next === undefined) return undefined;
    hash = next;
  }
  return hash >>> 0;
}

/**
 * Whether a text may leave its values to a list beside it. If not, all of them are in the text, as Sequelize
 * writes them. A string or a cast may look like a placeholder; then the values are unknown, which is never wrong.
 */
export function mayHavePlaceholders(queryText: string): boolean {
  return /[?:@]|\$\d|%s/.test(queryText);
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
