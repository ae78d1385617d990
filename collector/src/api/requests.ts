/**
 * Requests, newest or slowest first. A page is found first; then what is known about its queries and exceptions is read
 * for its traces alone, so that a page costs the same however much is stored.
 */
import { OTHER_QUERIES_TEXT } from '@profiler/analysis';
import { isHttpSql, isQuerySql } from '../derive/repeated-sql.ts';
import { milliseconds } from '../detect/milliseconds.ts';
import type { QueryParams, Store } from '../store/store.ts';
import { decodeCursor, encodeCursor } from './cursor.ts';
import { isoMoment } from './moment.ts';
import type { RequestParameters } from './parameters.ts';
import { rowFilter } from './row-filter.ts';
import type { List, Request } from './types.ts';

interface Row {
  readonly trace_id: string;
  readonly span_id: string;
  readonly service: string;
  readonly environment: string;
  readonly version: string;
  readonly method: string;
  readonly route: string;
  readonly path: string;
  readonly status_code: number;
  readonly ns: number;
  /** Nanoseconds since the epoch; too long for a number. */
  readonly at: string;
  readonly slow: number;
  readonly error: number;
}

/** `(trace, entry span)` pairs of the window with an N+1. */
const WITH_N_PLUS_ONE = `(
  SELECT trace_id, entry_span_id FROM request_queries FINAL
  WHERE timestamp >= fromUnixTimestamp64Milli({sinceMs:Int64}, 'UTC')
    AND timestamp < fromUnixTimestamp64Milli({untilMs:Int64}, 'UTC') AND query_text != '${OTHER_QUERIES_TEXT}'
    AND ${isQuerySql('db_system')}
  GROUP BY trace_id, entry_span_id, fingerprint, loop_path
  HAVING sum(repeats) >= {nPlusOneThreshold:UInt32}
)`;

/** An exception may have been recorded long after its request began. */
const withException = (condition: string) => `(
  SELECT trace_id, occurrence_id FROM exceptions
  WHERE timestamp >= fromUnixTimestamp64Milli({sinceMs:Int64}, 'UTC')
    AND timestamp < fromUnixTimestamp64Milli({untilMs:Int64}, 'UTC') + INTERVAL 1 DAY AND ${condition}
)`;

const SEARCH = `(
  positionCaseInsensitiveUTF8(path, {q:String}) > 0 OR positionCaseInsensitiveUTF8(route, {q:String}) > 0
  OR trace_id = lower({q:String})
  OR (trace_id, span_id) IN ${withException(
    `(positionCaseInsensitiveUTF8(exception_type, {q:String}) > 0
      OR positionCaseInsensitiveUTF8(exception_message, {q:String}) > 0)`,
  )}
)`;

const pageSql = (conditions: string, order: string) => `
SELECT trace_id, span_id, service, environment, version, method, route, path, status_code, duration_ns AS ns,
  toString(toUnixTimestamp64Nano(timestamp)) AS at, slow, error
FROM requests
WHERE timestamp >= fromUnixTimestamp64Milli({sinceMs:Int64}, 'UTC')
  AND timestamp < fromUnixTimestamp64Milli({untilMs:Int64}, 'UTC')
  AND ${conditions}
ORDER BY ${order}
LIMIT {limit:UInt32}`;

/**
 * Of a row that was written again, the newest. Not by FINAL, which merges all rows of the minute before it looks for these: that
 * took ten times as long.
 */
const QUERIES_SQL = `
SELECT trace_id, entry_span_id, sum(calls_here) AS calls, sum(ns_here) AS ns,
  max(text != '${OTHER_QUERIES_TEXT}' AND ${isQuerySql('system')} AND repeats_here >= {nPlusOneThreshold:UInt32}) AS n_plus_one
FROM (
  SELECT trace_id, entry_span_id, min(newest.1) AS text, min(system) AS system, sum(newest.2) AS calls_here,
    sum(newest.3) AS repeats_here, sum(newest.4) AS ns_here
  FROM (
    SELECT trace_id, entry_span_id, fingerprint, loop_path, toString(db_system) AS system,
      argMax((toString(query_text), calls, repeats, duration_ns), inserted_at) AS newest
    FROM request_queries
    WHERE trace_id IN {traceIds:Array(String)} AND (toStartOfMinute(timestamp), service, trace_id) IN (
      SELECT toDateTime(key.1, 'UTC'), key.2, key.3
      FROM (
        SELECT arrayJoin(arrayZip({minutes:Array(UInt32)}, {services:Array(String)}, {traceIds:Array(String)})) AS key
      )
    ) AND NOT ${isHttpSql('db_system')}
    GROUP BY trace_id, entry_span_id, source, fingerprint, loop_path, db_system
  )
  GROUP BY trace_id, entry_span_id, fingerprint, loop_path
)
GROUP BY trace_id, entry_span_id`;

/** Of several exceptions in one request, the first. */
const EXCEPTIONS_SQL = `
SELECT trace_id, occurrence_id,
  argMin((exception_type, exception_message), (timestamp, exception_key)) AS first
FROM exceptions FINAL
WHERE trace_id IN {traceIds:Array(String)}
GROUP BY trace_id, occurrence_id`;

interface Queries {
  readonly trace_id: string;
  readonly entry_span_id: string;
  readonly calls: number;
  readonly ns: number;
  readonly n_plus_one: number;
}

interface Exceptions {
  readonly trace_id: string;
  readonly occurrence_id: string;
  readonly first: readonly [type: string, message: string] | { readonly [name: string]: string };
}

export async function listRequests(
  store: Store,
  parameters: RequestParameters,
  settings: { readonly nPlusOneThreshold: number },
  nowMs: number,
): Promise<List<Request>> {
  const { sort, limit } = parameters;
  const { conditions, params } = pageConditions(parameters);
  const after = decodeCursor(parameters.cursor, ['integer', 'integer', 'text', 'text']);
  const order =
    sort === 'slowest'
      ? 'duration_ns DESC, timestamp DESC, trace_id DESC, span_id DESC'
      : 'timestamp DESC, trace_id DESC, span_id DESC';
  if (after !== undefined) conditions.push(sort === 'slowest' ? AFTER_SLOWEST : AFTER_NEWEST);
  const read = (sinceMs: number) =>
    store.query<Row>(pageSql(conditions.join(' AND ') || '1', order), {
      ...params,
      ...(after !== undefined && {
        afterNs: after[0]!,
        afterAt: after[1]!,
        afterTraceId: after[2]!,
        afterSpanId: after[3]!,
      }),
      sinceMs,
      nPlusOneThreshold: settings.nPlusOneThreshold,
      limit: limit + 1,
    });
  const beforeMs = Math.min(parameters.untilMs, after === undefined ? nowMs : Number(BigInt(after[1]!) / 1_000_000n));
  const rows = await (sort === 'slowest' ? read(parameters.sinceMs) : readNewest(read, parameters, beforeMs));
  const page = rows.slice(0, limit);
  const traceIds = [...new Set(page.map((row) => row.trace_id))];
  const requests = {
    minutes: page.map((row) => Number(BigInt(row.at) / 60_000_000_000n) * 60),
    services: page.map((row) => row.service),
    traceIds: page.map((row) => row.trace_id),
  };
  const [queries, exceptions] =
    traceIds.length === 0
      ? [[], []]
      : await Promise.all([
          store.query<Queries>(QUERIES_SQL, { ...requests, nPlusOneThreshold: settings.nPlusOneThreshold }),
          store.query<Exceptions>(EXCEPTIONS_SQL, { traceIds }),
        ]);
  const queriesOf = new Map(queries.map((row) => [`${row.trace_id} ${row.entry_span_id}`, row]));
  const exceptionOf = new Map(exceptions.map((row) => [`${row.trace_id} ${row.occurrence_id}`, row]));
  const last = page.at(-1);
  return {
    items: page.map((row) => {
      const key = `${row.trace_id} ${row.span_id}`;
      return request(row, queriesOf.get(key), exceptionOf.get(key));
    }),
    nextCursor:
      rows.length > limit && last ? encodeCursor([String(last.ns), last.at, last.trace_id, last.span_id]) : null,
  };
}

/** The newest are looked for in the last seconds first, then further and further back, until the page is full. */
async function readNewest(
  read: (sinceMs: number) => Promise<Row[]>,
  { sinceMs, limit }: RequestParameters,
  beforeMs: number,
): Promise<Row[]> {
  for (let reachMs = NEWEST_REACH_MS; beforeMs - reachMs > sinceMs; reachMs *= REACH_GROWTH) {
    const rows = await read(beforeMs - reachMs);
    if (rows.length > limit) return rows;
  }
  return read(sinceMs);
}

const NEWEST_REACH_MS = 15_000;
/** A page that is never full costs a seventh more than looking everywhere at once. */
const REACH_GROWTH = 8;

const AFTER_NEWEST = `(toUnixTimestamp64Nano(timestamp), trace_id, span_id)
  < ({afterAt:Int64}, {afterTraceId:String}, {afterSpanId:String})`;
const AFTER_SLOWEST = `(duration_ns, toUnixTimestamp64Nano(timestamp), trace_id, span_id)
  < ({afterNs:UInt64}, {afterAt:Int64}, {afterTraceId:String}, {afterSpanId:String})`;

function pageConditions(parameters: RequestParameters): { conditions: string[]; params: QueryParams } {
  const { sinceMs, untilMs, method, status, slow, error, exception, nPlusOne, q, minMs, maxMs } = parameters;
  const filter = rowFilter(parameters);
  const conditions = [filter.sql];
  const params: Record<string, QueryParams[string]> = { ...filter.params, sinceMs, untilMs };
  if (method !== undefined) {
    conditions.push('upper(method) = upper({method:String})');
    params.method = method;
  }
  if (status !== undefined) {
    conditions.push(
      '(status_code IN {statusCodes:Array(UInt16)} OR intDiv(status_code, 100) IN {statusClasses:Array(UInt16)})',
    );
    params.statusCodes = status.filter((part) => /^\d+$/.test(part)).map(Number);
    params.statusClasses = status.filter((part) => /xx$/i.test(part)).map((part) => Number(part[0]));
  }
  if (slow !== undefined) conditions.push(`slow = ${slow ? 1 : 0}`);
  if (error !== undefined) conditions.push(`error = ${error ? 1 : 0}`);
  if (minMs !== undefined) {
    conditions.push('duration_ns >= {minNs:UInt64}');
    params.minNs = Math.floor(minMs * 1_000_000);
  }
  if (maxMs !== undefined) {
    conditions.push('duration_ns <= {maxNs:UInt64}');
    params.maxNs = Math.ceil(maxMs * 1_000_000);
  }
  if (nPlusOne !== undefined) conditions.push(`(trace_id, span_id) ${nPlusOne ? 'IN' : 'NOT IN'} ${WITH_N_PLUS_ONE}`);
  if (exception !== undefined) {
    conditions.push(`(trace_id, span_id) ${exception ? 'IN' : 'NOT IN'} ${withException('1')}`);
  }
  if (q !== undefined) {
    conditions.push(SEARCH);
    params.q = q;
  }
  return { conditions, params };
}

function request(row: Row, queries: Queries | undefined, exceptions: Exceptions | undefined): Request {
  const [exceptionType, exceptionMessage] = Object.values(exceptions?.first ?? {}) as (string | undefined)[];
  return {
    traceId: row.trace_id,
    spanId: row.span_id,
    service: row.service,
    environment: row.environment,
    version: row.version,
    method: row.method,
    route: row.route,
    path: row.path,
    statusCode: row.status_code,
    durationMs: milliseconds(row.ns),
    startedAt: isoMoment(Number(BigInt(row.at) / 1_000_000n)),
    queryCount: queries?.calls ?? 0,
    queryMs: milliseconds(queries?.ns ?? 0),
    slow: row.slow === 1,
    error: row.error === 1,
    nPlusOne: queries?.n_plus_one === 1,
    exceptionType: exceptionType ?? null,
    exceptionMessage: exceptionMessage ?? null,
  };
}
