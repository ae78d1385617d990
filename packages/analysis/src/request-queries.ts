import type { RequestPath } from './request-path.ts';
import type { SpanRecord } from './span-record.ts';
import { SpanTree } from './span-tree.ts';

/** One query fingerprint on one loop path of one request. */
export interface RequestQuery {
  readonly entrySpanId: string;
  /** 16 hex digits. */
  readonly fingerprint: string;
  readonly loopPath: string;
  readonly dbSystem: string;
  /** Normalised. */
  readonly queryText: string;
  readonly calls: number;
  /** Sum over the calls. */
  readonly durationNs: number;
  readonly durationNsMax: number;
}

export interface RequestQueries {
  /** Sorted by entry span, fingerprint and loop path. */
  readonly queries: RequestQuery[];
  /** Queries whose chain of parents is not complete yet: they may belong to a request that is still to come. */
  readonly unattributed: number;
}

/**
 * The queries of the requests of one trace, counted from its spans. Each query goes to its nearest entry span, whatever
 * the service; order of spans and time between repeats do not matter.
 *
 * Not counted: what an instrumented entry span counted itself (folded spans), what belongs to an ignored request or to
 * none, and a query span right under a query span of the same fingerprint, which is the same statement seen twice (an ORM
 * and its driver).
 *
 *     SERVER GET /orders
 *       CLIENT knex  SELECT ... = ?      counted
 *         CLIENT pg  SELECT ... = ?      the same statement
 */
export function requestQueries(spans: readonly SpanRecord[]): RequestQueries {
  if (!spans.some(isCounted)) return { queries: [], unattributed: 0 };
  const tree = new SpanTree(spans);
  const groups = new Map<RequestPath, Group[]>();
  let unattributed = 0;
  for (const span of tree.spans) {
    if (!isCounted(span)) continue;
    const place = tree.placeOf(span);
    if (place.kind === 'unknown') unattributed++;
    if (place.kind !== 'request' || place.path.entry.ignored || isDouble(span, tree)) continue;
    const there = groups.get(place.path);
    const group = there?.find((it) => it.fingerprint === span.fingerprint);
    if (group !== undefined) group.add(span);
    else if (there !== undefined) there.push(new Group(span));
    else groups.set(place.path, [new Group(span)]);
  }
  return { queries: sorted(groups), unattributed };
}

function isCounted(span: SpanRecord): boolean {
  return span.fingerprint !== '' && !span.folded;
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
  return keys.map((key) => {
    const { path, group } = byKey.get(key)!;
    return group.query(path);
  });
}

function isDouble(span: SpanRecord, tree: SpanTree): boolean {
  return tree.get(span.parentSpanId)?.fingerprint === span.fingerprint;
}

class Group {
  readonly fingerprint: string;
  #dbSystem: string;
  #queryText: string;
  #calls = 1;
  #durationNs: number;
  #durationNsMax: number;

  constructor(span: SpanRecord) {
    this.fingerprint = span.fingerprint;
    this.#dbSystem = span.dbSystem;
    this.#queryText = span.queryText;
    this.#durationNs = span.durationNs;
    this.#durationNsMax = span.durationNs;
  }

  add(span: SpanRecord): void {
    this.#calls++;
    this.#durationNs += span.durationNs;
    if (span.durationNs > this.#durationNsMax) this.#durationNsMax = span.durationNs;
    if (span.dbSystem < this.#dbSystem) this.#dbSystem = span.dbSystem;
    if (span.queryText < this.#queryText) this.#queryText = span.queryText;
  }

  merge(other: Group): void {
    this.#calls += other.#calls;
    this.#durationNs += other.#durationNs;
    this.#durationNsMax = Math.max(this.#durationNsMax, other.#durationNsMax);
    if (other.#dbSystem < this.#dbSystem) this.#dbSystem = other.#dbSystem;
    if (other.#queryText < this.#queryText) this.#queryText = other.#queryText;
  }

  query({ entry, loopPath }: RequestPath): RequestQuery {
    return {
      entrySpanId: entry.spanId,
      fingerprint: this.fingerprint,
      loopPath,
      dbSystem: this.#dbSystem,
      queryText: this.#queryText,
      calls: this.#calls,
      durationNs: this.#durationNs,
      durationNsMax: this.#durationNsMax,
    };
  }
}
