/** What an audit found wrong. Everything is grouped by check, and each check keeps a few examples. */
export class Findings {
  readonly #checks = new Map<string, { count: number; examples: string[] }>();
  readonly #examplesMax: number;

  constructor(examplesMax = 5) {
    this.#examplesMax = examplesMax;
  }

  add(check: string, example: string, count = 1): void {
    const found = this.#checks.get(check) ?? { count: 0, examples: [] };
    found.count += count;
    if (found.examples.length < this.#examplesMax) found.examples.push(example);
    this.#checks.set(check, found);
  }

  /** How many of the checks whose name begins so. */
  count(prefix = ''): number {
    return this.all().reduce((sum, { check, count }) => sum + (check.startsWith(prefix) ? count : 0), 0);
  }

  all(): { check: string; count: number; examples: string[] }[] {
    return [...this.#checks].map(([check, found]) => ({ check, ...found }));
  }
}

/** Names of checks, by what is wrong. */
export const CHECK = {
  missing: 'missing: acknowledged, not stored',
  duplicate: 'duplicate: stored more than once',
  torn: 'torn: stored in part',
  alien: 'alien: stored, never sent',
  rollup: 'rollup: ',
  derived: 'derived: ',
  process: 'process: ',
} as const;
