import { type Fingerprint, loopPath, OTHER_QUERIES_TEXT } from '@profiler/analysis';
import { DistinctValues, ValuesBudget } from './distinct-values.ts';
import { namesBelowEntry, type SpanNode } from './span-node.ts';

/**
 * The queries of one request. While it runs they are grouped by parent span *object*, since a span may be renamed until
 * it ends; at the end the groups are merged by loop path, so that the rows equal what a collector derives from the
 * exported names. Totals are exact whatever happens to the rows.
 */
export class QueryTable {
  queryCount = 0;
  queryDurationNs = 0;
  #groups: QueryGroup[] = [];
  #rows = new Map<string, QueryRow>();
  #other: QueryRow | undefined;
  readonly #values = new ValuesBudget();

  /** Adds one query that has ended, below `parent`. */
  add(parent: SpanNode, fingerprint: Fingerprint, system: string, durationNs: number, valuesHash?: number): void {
    this.queryCount++;
    this.queryDurationNs += durationNs;
    const group = this.#group(parent, fingerprint, system);
    group.calls++;
    group.durationNs += durationNs;
    if (durationNs > group.durationMaxNs) group.durationMaxNs = durationNs;
    if (valuesHash === undefined) group.values.unknown = true;
    else group.values.add(valuesHash, this.#values);
  }

  /**
   * Rows by calls, most first, and at most {@link ROWS_MAX}: when there are more, or their texts are too long together,
   * the rest is one row with the text `(other)`, the last.
   */
  rows(): QueryRow[] {
    this.#merge();
    const byCalls = [...this.#rows.values()].sort((a, b) => b.calls - a.calls || b.durationNs - a.durationNs);
    const kept: QueryRow[] = [];
    let other = this.#other;
    let textChars = 0;
    for (const [index, row] of byCalls.entries()) {
      const last = index === byCalls.length - 1 && other === undefined;
      textChars += row.text.length + row.loopPath.length;
      if (kept.length < (last ? ROWS_MAX : ROWS_MAX - 1) && textChars <= ROW_TEXTS_CHARS_MAX) kept.push(row);
      else other = addToOther(other, row);
    }
    return other === undefined ? kept : [...kept, other];
  }

  #group(parent: SpanNode, fingerprint: Fingerprint, system: string): QueryGroup {
    parent.groups ??= new Map();
    const known = parent.groups.get(fingerprint);
    if (known !== undefined) return known;
    if (this.#groups.length >= OPEN_GROUPS_MAX) {
      this.#merge();
      this.#shrink();
      parent.groups = new Map();
    }
    const group = {
      parent,
      fingerprint,
      system,
      calls: 0,
      durationNs: 0,
      durationMaxNs: 0,
      values: new DistinctValues(),
    };
    parent.groups.set(fingerprint, group);
    this.#groups.push(group);
    return group;
  }

  /** Turns groups into rows; spans that are still open count under the name they have now. */
  #merge(): void {
    const paths = new Map<SpanNode, string>();
    for (const group of this.#groups) {
      const { parent, fingerprint, system } = group;
      let path = paths.get(parent);
      if (path === undefined) {
        path = loopPath(namesBelowEntry(parent));
        paths.set(parent, path);
      }
      parent.groups = undefined;
      const callSite = parent.callSites?.get(fingerprint) ?? '';
      const key = `${fingerprint.hex}\0${path}`;
      const row = this.#rows.get(key);
      if (row === undefined) {
        const { calls, durationNs, durationMaxNs, values } = group;
        const text = fingerprint.text;
        this.#rows.set(key, { text, system, loopPath: path, calls, durationNs, durationMaxNs, callSite, values });
        continue;
      }
      addRow(row, group);
      if (system < row.system) row.system = system;
      row.values.merge(group.values);
      if (row.callSite === '') row.callSite = callSite;
    }
    this.#groups = [];
  }

  /** Keeps memory bounded in a request that runs thousands of different queries: the least repeated ones go to `(other)`. */
  #shrink(): void {
    if (this.#rows.size <= OPEN_ROWS_MAX) return;
    const byCalls = [...this.#rows].sort(([, a], [, b]) => b.calls - a.calls);
    this.#rows = new Map(byCalls.slice(0, OPEN_ROWS_MAX >> 1));
    for (const [, row] of byCalls.slice(OPEN_ROWS_MAX >> 1)) this.#other = addToOther(this.#other, row);
  }
}

export const ROWS_MAX = 200;
const ROW_TEXTS_CHARS_MAX = 256 * 1024;
const OPEN_GROUPS_MAX = 1_000;
const OPEN_ROWS_MAX = 1_000;

/** Queries of one statement below one span object. */
export interface QueryGroup {
  readonly parent: SpanNode;
  readonly fingerprint: Fingerprint;
  readonly system: string;
  calls: number;
  durationNs: number;
  durationMaxNs: number;
  readonly values: DistinctValues;
}

/** One element of each `profiler.query.*` array. */
export interface QueryRow {
  /** Normalised. */
  readonly text: string;
  system: string;
  readonly loopPath: string;
  calls: number;
  durationNs: number;
  durationMaxNs: number;
  /** `file:line:function`, or ''. */
  callSite: string;
  readonly values: DistinctValues;
}

interface Amounts {
  readonly calls: number;
  readonly durationNs: number;
  readonly durationMaxNs: number;
}

function addRow(row: QueryRow, more: Amounts): void {
  row.calls += more.calls;
  row.durationNs += more.durationNs;
  row.durationMaxNs = Math.max(row.durationMaxNs, more.durationMaxNs);
}

function addToOther(other: QueryRow | undefined, more: Amounts): QueryRow {
  const row = other ?? {
    text: OTHER_QUERIES_TEXT,
    system: '',
    loopPath: '',
    calls: 0,
    durationNs: 0,
    durationMaxNs: 0,
    callSite: '',
    values: DistinctValues.unknown(),
  };
  addRow(row, more);
  return row;
}
