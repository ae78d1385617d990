/**
 * Ids that no two spans of a run share, and that can be found among the bytes of a file: all begin alike. The run's
 * number keeps them apart from those of an earlier run in the same store.
 */
export class Ids {
  readonly #prefix: string;
  #count = 0;

  constructor(run: number) {
    this.#prefix = `${ID_PREFIX}${(run % 4096).toString(16).padStart(3, '0')}`;
  }

  /** 16 hex digits. */
  span(): string {
    return this.#next(8);
  }

  /** 32 hex digits. */
  trace(): string {
    return this.#next(24);
  }

  #next(digits: number): string {
    this.#count++;
    return this.#prefix + this.#count.toString(16).padStart(digits, '0');
  }
}

export const ID_PREFIX = 'c4a05';
