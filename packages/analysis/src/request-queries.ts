import { type Nesting, nestingOf } from './nested-calls.ts';
import type { RequestPath } from './request-path.ts';
import { ScopedTallies } from './scoped-tallies.ts';
import type { SpanRecord } from './span-record.ts';
import { SpanTree } from './span-tree.ts';
import { toldBeside } from './told-beside.ts';

/** One fingerprint, of queries or of outgoing HTTP calls, on one loop path of one request. */
export interface RequestQuery {
  readonly entrySpanId: string;
  /** 16 hex digits. */
  readonly fingerprint: string;
  readonly loopPath: string;
  /** `http` for outgoing HTTP calls. */
  readonly dbSystem: string;
  /** Normalised. */
  readonly queryText: string;
  /** 0 where a wrapper's calls turned out to be those of what it wraps. */
  readonly calls: number;
  /** Calls that make a loop: those that neither failed nor asked for many at once. */
  readonly repeats: number;
  /** Sum over the calls. */
  readonly durationNs: number;
  readonly durationNsMax: number;
  /** How many different values the calls had, as far as their spans show it; -1 when unknown. */
  readonly distinctValues: number;
}

export interface RequestQueries {
  /** Sorted by entry span, fingerprint and loop path. */
  readonly queries: RequestQuery[];
  /** Calls whose chain of parents is not complete yet: they may belong to a request that is still to come. */
  readonly unattributed: number;
}

/**
 * The queries and outgoing HTTP calls of the requests of one trace, counted from its spans. Each goes to its nearest entry span,
 * whatever the service; order of spans and time between repeats do not matter.
 *
 * Not counted: what an instrumented entry span counted itself (folded spans), what belongs to an ignored request or to
 * none, and of two spans that are one call ({@link nestingOf}, {@link ScopedTallies}, {@link toldBeside}) the second.
 *
 *     SERVER GET /orders
 *       CLIENT knex  SELECT ... = ?      counted
 *         CLIENT pg  SELECT ... = ?      the same statement
 *
 * A call that was counted stays a row, even if what came later takes its calls away: rows are replaced, never deleted.
 */
export function requestQueries(spans: readonly SpanRecord[]): RequestQueries {
  if (!spans.some(isCounted)) return { queries: [], unattributed: 0 };
  const tree = new SpanTree(spans);
  const nested = nestings(tree);
  const groups = new Map<RequestPath, Group[]>();
  let unattributed = 0;
  for (const span of tree.spans) {
    if (!isCounted(span)) continue;
    const place = tree.placeOf(span);
    if (place.kind === 'unknown') unattributed++;
    if (place.kind !== 'request' || place.path.entry.ignored || nested?.isInner(span)) continue;
    const there = groups.get(place.path);
    let group = there?.find((it) => it.fingerprint === span.fingerprint);
    if (group === undefined) {
      group = new Group(span);
      if (there !== undefined) there.push(group);
      else groups.set(place.path, [group]);
    }
    group.add(span, nested?.isWrapper(span) !== true);
  }
  return { queries: sorted(groups), unattributed };
}

function isCounted(span: SpanRecord): boolean {
  return span.fingerprint !== '' && !span.folded;
}

/** What calls below calls make of each other; undefined where none stands below another. */
function nestings(tree: SpanTree) {
  let inner: Map<SpanRecord, Nesting> | undefined;
  const outer = new Map<SpanRecord, { same: boolean; wraps: boolean }>();
  for (const span of tree.spans) {
    if (!isCounted(span)) continue;
    const place = tree.placeOf(span);
    if (place.kind !== 'request' || place.above === undefined) continue;
    const nesting = nestingOf(callOf(place.above), callOf(span));
    inner ??= new Map();
    inner.set(span, nesting);
    const known = outer.get(place.above) ?? { same: false, wraps: false };
    outer.set(place.above, {
      same: known.same || nesting === 'same',
      wraps: known.wraps || nesting === 'wrapper',
    });
  }
  if (inner === undefined) return undefined;
  return {
    isInner: (span: SpanRecord) => inner.get(span) === 'same' || inner.get(span) === 'transport',
    isWrapper: (span: SpanRecord) => outer.get(span)?.wraps === true && outer.get(span)?.same === false,
  };
}

function callOf({ fingerprint, dbSystem, summarised, scope }: SpanRecord) {
  return { fingerprint, system: dbSystem, summarised, scope };
}

/** Different places may have the same path, when it was shortened or when late spans gave it. */
function sorted(groups: ReadonlyMap<RequestPath, Group[]>): RequestQuery[] {
  const byKey = new Map<string, { path: RequestPath; group: Group }>();
  for (const [path, there] of groups) {
    for (const group of there) {
      const key = `${path.entry.spanId}\0${group.fingerprint}\0${path.loopPath}`;
      const same = byKey.get(key);
      if (same === undefined) byKey.set(key, { path, group });
      else same.group.merge(group);
    }
  }
  const keys = [...byKey.keys()];
  if (keys.length > 1) keys.sort();
  const queries = keys.map((key) => {
    const { path, group } = byKey.get(key)!;
    return { group, query: group.query(path) };
  });
  if (!queries.some(({ group }) => group.summarised)) return queries.map(({ query }) => query);
  const placed = queries.map(({ group: { summarised }, query }) => {
    const { entrySpanId, loopPath, dbSystem: system, queryText: text, calls } = query;
    return { query, summarised, place: `${entrySpanId}\0${loopPath}`, system, text, calls };
  });
  const beside = toldBeside(placed);
  return placed.map((row) => (beside.has(row) ? { ...row.query, ...NO_CALL } : row.query));
}

const NO_CALL = { calls: 0, repeats: 0, durationNs: 0, durationNsMax: 0 } as const;

class Group {
  readonly fingerprint: string;
  /** Its text is an operation and a collection. */
  readonly summarised: boolean;
  #dbSystem: string;
  #queryText: string;
  readonly #tallies = new ScopedTallies();

  constructor(span: SpanRecord) {
    this.fingerprint = span.fingerprint;
    this.summarised = span.summarised;
    this.#dbSystem = span.dbSystem;
    this.#queryText = span.queryText;
  }

  /** @param isCall false for a span that has turned out to be no call of its own */
  add(span: SpanRecord, isCall: boolean): void {
    if (isCall) this.#tallies.add(span.scope, span);
    this.#name(span.dbSystem, span.queryText);
  }

  merge(other: Group): void {
    this.#tallies.merge(other.#tallies);
    this.#name(other.#dbSystem, other.#queryText);
  }

  query({ entry, loopPath }: RequestPath): RequestQuery {
    const { calls, repeats, durationNs, durationNsMax, values } = this.#tallies.counted;
    return {
      entrySpanId: entry.spanId,
      fingerprint: this.fingerprint,
      loopPath,
      dbSystem: this.#dbSystem,
      queryText: this.#queryText,
      calls,
      repeats,
      durationNs,
      durationNsMax,
      distinctValues: values.count,
    };
  }

  #name(dbSystem: string, queryText: string): void {
    if (dbSystem < this.#dbSystem) this.#dbSystem = dbSystem;
    if (queryText < this.#queryText) this.#queryText = queryText;
  }
}
