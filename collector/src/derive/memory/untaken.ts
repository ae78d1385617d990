import type { ReadTable } from './read-blocks.ts';

/** Rows that were stored and are not in memory yet: those inserted from `fromMs` to `untilMs`. */
export interface UntakenRange {
  readonly table: ReadTable;
  readonly fromMs: number;
  readonly untilMs: number;
  readonly rows: number;
  /** Of so many parts by trace id, where a single insertion is too large to be read at once. */
  readonly part?: { readonly index: number; readonly count: number };
}

/**
 * What is to be read from the store, oldest first: what an earlier process left, and what there was no room for. Neighbours
 * are joined, so that it stays short however long it takes.
 */
export class Untaken {
  readonly #ranges: UntakenRange[] = [];
  readonly #rowsPerRangeMax: number;

  /** @param rowsPerRangeMax rows read from the store at once */
  constructor(rowsPerRangeMax: number) {
    this.#rowsPerRangeMax = rowsPerRangeMax;
  }

  get first(): UntakenRange | undefined {
    return this.#ranges[0];
  }

  get rows(): number {
    return this.#ranges.reduce((sum, range) => sum + range.rows, 0);
  }

  /** @param range not older than those that are there */
  add(range: UntakenRange): void {
    const last = this.#ranges.at(-1);
    const count = Math.ceil(range.rows / this.#rowsPerRangeMax);
    if (count > 1 && range.part === undefined) {
      const rows = Math.ceil(range.rows / count);
      for (let index = 0; index < count; index++) this.#ranges.push({ ...range, rows, part: { index, count } });
    } else if (
      last?.table === range.table &&
      !last.part &&
      !range.part &&
      last.rows + range.rows <= this.#rowsPerRangeMax
    ) {
      this.#ranges[this.#ranges.length - 1] = { ...last, untilMs: range.untilMs, rows: last.rows + range.rows };
    } else this.#ranges.push(range);
  }

  /** Empties it. */
  takeAll(): UntakenRange[] {
    return this.#ranges.splice(0);
  }

  removeFirst(): void {
    this.#ranges.shift();
  }
}
