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
  const tree = new SpanTree(spans);
  const groups = new Map<string, Group>();
  let unattributed = 0;
  for (const span of tree.spans) {
    if (span.fingerprint === '' || span.folded) continue;
    const place = tree.placeOf(span);
    if (place.kind === 'unknown') unattributed++;
    if (place.kind !== 'request' || place.entry.ignored || isDouble(span, tree)) continue;
    const key = `${place.entry.spanId}\0${span.fingerprint}\0${place.loopPath}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, new Group(place.entry.spanId, place.loopPath, span));
    else group.add(span);
  }
  const queries = [...groups.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, group]) => group.query());
  return { queries, unattributed };
}

function isDouble(span: SpanRecord, tree: SpanTree): boolean {
  return tree.get(span.parentSpanId)?.fingerprint === span.fingerprint;
}

class Group {
  readonly #entrySpanId: string;
  readonly #fingerprint: string;
  readonly #loopPath: string;
  #dbSystem: string;
  #queryText: string;
  #calls = 1;
  #durationNs: number;
  #durationNsMax: number;

  constructor(entrySpanId: string, loopPath: string, span: SpanRecord) {
    this.#entrySpanId = entrySpanId;
    this.#loopPath = loopPath;
    this.#fingerprint = span.fingerprint;
    this.#dbSystem = span.dbSystem;
    this.#queryText = span.queryText;
    this.#durationNs = span.durationNs;
    this.#durationNsMax = span.durationNs;
  }

  add(span: SpanRecord): void {
    this.#calls++;
    this.#durationNs += span.durationNs;
    this.#durationNsMax = Math.max(this.#durationNsMax, span.durationNs);
    if (span.dbSystem < this.#dbSystem) this.#dbSystem = span.dbSystem;
    if (span.queryText < this.#queryText) this.#queryText = span.queryText;
  }

  query(): RequestQuery {
    return {
      entrySpanId: this.#entrySpanId,
      fingerprint: this.#fingerprint,
      loopPath: this.#loopPath,
      dbSystem: this.#dbSystem,
      queryText: this.#queryText,
      calls: this.#calls,
      durationNs: this.#durationNs,
      durationNsMax: this.#durationNsMax,
    };
  }
}
