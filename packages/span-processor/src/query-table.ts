import {
  type CallTally,
  callKind,
  type Fingerprint,
  HashRoom,
  HTTP_SYSTEM,
  loopPath,
  OTHER_QUERIES_TEXT,
  ScopedTallies,
  type TalliedCall,
  toldBeside,
} from '@profiler/analysis';
import { namesBelowEntry, type SpanNode } from './span-node.ts';

/** A call that has ended, as it is counted. */
export interface EndedCall extends TalliedCall {
  readonly fingerprint: Fingerprint;
  readonly system: string;
  /** It carries no statement. */
  readonly summarised: boolean;
  /** Name of the instrumentation that told of it. */
  readonly scope: string;
}

/**
 * The queries and outgoing HTTP calls of one request. While it runs they are grouped by parent span *object*, since a span may be
 * renamed until it ends; at the end the groups are merged by loop path, so that the rows equal what a collector derives from
 * the exported names. Totals are exact whatever happens to the rows.
 */
export class QueryTable {
  #groups: QueryGroup[] = [];
  #rows = new Map<string, OpenRow>();
  readonly #other = new Others();
  readonly #values = new HashRoom();

  /** Adds one call that has ended, below `parent`. */
  add(parent: SpanNode, call: EndedCall): void {
    this.#group(parent, call).tallies.add(call.scope, call, this.#values);
  }

  /**
   * Rows by calls, most first, and at most {@link ROWS_MAX}: when there are more, or their texts are too long together,
   * the rest is one row with the text `(other)`, the last (of queries, and one of HTTP calls).
   */
  rows(): QueryRow[] {
    this.#merge();
    const byCalls = ownCalls([...this.#rows.values()]).map(countedRow);
    byCalls.sort((a, b) => b.calls - a.calls || b.durationNs - a.durationNs);
    const kept: QueryRow[] = [];
    const other = this.#other;
    let textChars = 0;
    for (const [index, row] of byCalls.entries()) {
      const last = index === byCalls.length - 1 && other.isEmpty;
      textChars += row.text.length + row.loopPath.length;
      if (kept.length < (last ? ROWS_MAX : ROWS_MAX - OTHERS_MAX) && textChars <= ROW_TEXTS_CHARS_MAX) kept.push(row);
      else other.add(row);
    }
    return [...kept, ...other.rows];
  }

  #group(parent: SpanNode, { fingerprint, system, summarised }: EndedCall): QueryGroup {
    parent.groups ??= new Map();
    const known = parent.groups.get(fingerprint);
    if (known !== undefined) return known;
    if (this.#groups.length >= OPEN_GROUPS_MAX) {
      this.#merge();
      this.#shrink();
      parent.groups = new Map();
    }
    const group = { parent, fingerprint, system, summarised, tallies: new ScopedTallies() };
    parent.groups.set(fingerprint, group);
    this.#groups.push(group);
    return group;
  }

  /** Turns groups into rows; spans that are still open count under the name they have now. */
  #merge(): void {
    const paths = new Map<SpanNode, string>();
    for (const group of this.#groups) {
      const { parent, fingerprint, system, summarised, tallies } = group;
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
        this.#rows.set(key, { text: fingerprint.text, system, summarised, loopPath: path, tallies, callSite });
        continue;
      }
      row.tallies.merge(tallies);
      if (system < row.system) row.system = system;
      if (row.callSite === '') row.callSite = callSite;
    }
    this.#groups = [];
  }

  /** Keeps memory bounded in a request that runs thousands of different queries: the least repeated ones go to `(other)`. */
  #shrink(): void {
    if (this.#rows.size <= OPEN_ROWS_MAX) return;
    const byCalls = [...this.#rows].sort(([, a], [, b]) => b.tallies.counted.calls - a.tallies.counted.calls);
    this.#rows = new Map(byCalls.slice(0, OPEN_ROWS_MAX >> 1));
    for (const [, row] of byCalls.slice(OPEN_ROWS_MAX >> 1)) this.#other.add(countedRow(row));
  }
}

export const ROWS_MAX = 200;
const OTHERS_MAX = 1;
const ROW_TEXTS_CHARS_MAX = 256 * 1024;
const OPEN_GROUPS_MAX = 1_000;
const OPEN_ROWS_MAX = 1_000;

/** Calls of one statement below one span object. */
export interface QueryGroup {
  readonly parent: SpanNode;
  readonly fingerprint: Fingerprint;
  readonly system: string;
  readonly summarised: boolean;
  readonly tallies: ScopedTallies;
}

interface OpenRow {
  readonly text: string;
  system: string;
  readonly summarised: boolean;
  readonly loopPath: string;
  readonly tallies: ScopedTallies;
  callSite: string;
}

/** One element of each `profiler.query.*` array. */
export interface QueryRow {
  /** Normalised. */
  readonly text: string;
  /** `http` for outgoing HTTP calls. */
  readonly system: string;
  readonly loopPath: string;
  readonly calls: number;
  /** Calls that neither failed nor asked for many at once. */
  readonly repeats: number;
  readonly durationNs: number;
  readonly durationMaxNs: number;
  /** `file:line:function`, or ''. */
  readonly callSite: string;
  /** -1 when unknown. */
  readonly distinctValues: number;
}

/** Without an ORM's rows that stand beside its driver's. */
function ownCalls(rows: OpenRow[]): OpenRow[] {
  if (!rows.some(({ summarised }) => summarised)) return rows;
  const placed = rows.map((row) => {
    const { text, system, summarised, loopPath: place } = row;
    return { row, text, system, summarised, place, calls: row.tallies.counted.calls };
  });
  const beside = toldBeside(placed);
  return placed.filter((each) => !beside.has(each)).map(({ row }) => row);
}

function countedRow({ text, system, loopPath, tallies, callSite }: OpenRow): QueryRow {
  const { calls, repeats, durationNs, durationNsMax, values }: CallTally = tallies.counted;
  const figures = { calls, repeats, durationNs, durationMaxNs: durationNsMax, distinctValues: values.count };
  return { text, system, loopPath, callSite, ...figures };
}

/** What found no room, added up; queries and HTTP calls apart. */
class Others {
  readonly #rows = new Map<boolean, QueryRow>();

  get isEmpty(): boolean {
    return this.#rows.size === 0;
  }

  get rows(): readonly QueryRow[] {
    return [...this.#rows.values()];
  }

  add(more: QueryRow): void {
    const isHttp = callKind(more.system) === 'http';
    const row = this.#rows.get(isHttp);
    this.#rows.set(isHttp, {
      text: OTHER_QUERIES_TEXT,
      system: isHttp ? HTTP_SYSTEM : '',
      loopPath: '',
      calls: (row?.calls ?? 0) + more.calls,
      repeats: (row?.repeats ?? 0) + more.repeats,
      durationNs: (row?.durationNs ?? 0) + more.durationNs,
      durationMaxNs: Math.max(row?.durationMaxNs ?? 0, more.durationMaxNs),
      callSite: '',
      distinctValues: -1,
    });
  }
}
