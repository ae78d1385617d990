import type { Store } from '../store/store.ts';
import type { Arrival } from './arrivals.ts';

/** A trace of which something arrived that may change its derived rows. */
export interface Candidate {
  readonly traceId: string;
  /** When the first of it arrived, milliseconds since the epoch. */
  readonly sinceMs: number;
  /** From the start of the first span that arrived to the end of the last. */
  readonly fromMs: number;
  readonly untilMs: number;
  /** 1 when more of it arrived after the moment asked for: it has not gone quiet. */
  readonly active: number;
}

export interface CandidateOptions {
  /** A trace of which something arrived after this has not gone quiet. */
  readonly quietSinceMs: number;
  /**
   * Instrumented entry spans count too where queries of their traces that came since then are still to be attributed.
   * Otherwise what such a span brings is in the tables already. Undefined: nothing waits.
   */
  readonly waitingSinceMs: number | undefined;
}

/** Traces with spans among these arrivals that are counted here, not by an instrumented entry span. */
export async function selectSpanCandidates(
  store: Store,
  arrivals: readonly Arrival[],
  { quietSinceMs, waitingSinceMs }: CandidateOptions,
): Promise<Candidate[]> {
  const { database } = store;
  const waiting =
    waitingSinceMs === undefined
      ? ''
      : `OR trace_id IN (
           SELECT trace_id FROM ${database}.spans
           WHERE inserted_at >= fromUnixTimestamp64Milli({waitingSinceMs:Int64}) AND fingerprint != 0 AND folded = 0)`;
  return store.query(
    `SELECT
       trace_id AS traceId, min(toUnixTimestamp64Milli(inserted_at)) AS sinceMs,
       min(toUnixTimestamp64Milli(timestamp)) AS fromMs,
       max(toUnixTimestamp64Milli(timestamp) + intDiv(duration_ns, 1000000) + 1) AS untilMs,
       trace_id IN (
         SELECT trace_id FROM ${database}.spans WHERE inserted_at > fromUnixTimestamp64Milli({quietSinceMs:Int64})
       ) AS active
     FROM ${database}.spans
     WHERE ${IN_ARRIVALS} AND folded = 0 AND (instrumented = 0 ${waiting})
     GROUP BY trace_id
     ORDER BY fromMs, traceId`,
    {
      ...boundsOf(arrivals),
      quietSinceMs,
      ...(waitingSinceMs === undefined ? {} : { waitingSinceMs }),
    },
  );
}

/** Traces with log exceptions among these arrivals. */
export async function selectLogCandidates(store: Store, arrivals: readonly Arrival[]): Promise<Candidate[]> {
  return store.query(
    `SELECT
       trace_id AS traceId, min(toUnixTimestamp64Milli(inserted_at)) AS sinceMs,
       min(toUnixTimestamp64Milli(timestamp)) AS fromMs, max(toUnixTimestamp64Milli(timestamp)) + 1 AS untilMs, 0 AS active
     FROM ${store.database}.log_exceptions
     WHERE ${IN_ARRIVALS} AND trace_id != ''
     GROUP BY trace_id
     ORDER BY fromMs, traceId`,
    boundsOf(arrivals),
  );
}

const UNATTRIBUTED_TRACES_MAX = 10_000;

/** Traces whose queries came in that time and of which no derived row exists: what waited when the last process ended. */
export async function selectUnattributed(store: Store, fromMs: number, untilMs: number): Promise<Candidate[]> {
  return store.query(
    `SELECT
       trace_id AS traceId, min(toUnixTimestamp64Milli(inserted_at)) AS sinceMs,
       min(toUnixTimestamp64Milli(timestamp)) AS fromMs,
       max(toUnixTimestamp64Milli(timestamp) + intDiv(duration_ns, 1000000) + 1) AS untilMs, 0 AS active
     FROM ${store.database}.spans
     WHERE inserted_at >= fromUnixTimestamp64Milli({fromMs:Int64}) AND inserted_at < fromUnixTimestamp64Milli({untilMs:Int64})
       AND fingerprint != 0 AND folded = 0
       AND trace_id NOT IN (
         SELECT trace_id FROM ${store.database}.request_queries
         WHERE inserted_at >= fromUnixTimestamp64Milli({fromMs:Int64}) AND source = 'derived')
     GROUP BY trace_id
     ORDER BY sinceMs DESC, traceId
     LIMIT ${UNATTRIBUTED_TRACES_MAX}`,
    { fromMs, untilMs },
  );
}

const IN_ARRIVALS = `inserted_at >= fromUnixTimestamp64Milli({firstAtMs:Int64})
  AND inserted_at <= fromUnixTimestamp64Milli({lastAtMs:Int64}) AND toUnixTimestamp64Milli(inserted_at) IN {atMs:Array(Int64)}`;

/** @param arrivals oldest first, at least one */
function boundsOf(arrivals: readonly Arrival[]) {
  const atMs = [...new Set(arrivals.map((arrival) => arrival.atMs))];
  return { atMs, firstAtMs: atMs[0]!, lastAtMs: atMs.at(-1)! };
}
