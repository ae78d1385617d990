/** One trace: its stored spans as a tree, and what is known about the queries of each of its requests. */

import { callKind, isNPlusOne } from '@profiler/analysis';
import { isHttpSql } from '../derive/repeated-sql.ts';
import { callSiteText } from '../detect/finding-summary.ts';
import { milliseconds } from '../detect/milliseconds.ts';
import type { Store } from '../store/store.ts';
import { isoMoment } from './moment.ts';
import { readTraceLogs } from './trace-logs.ts';
import { traceTree } from './trace-tree.ts';
import type { SpanEvent, SpanKind, Trace, TraceQuery, TraceSpan } from './types.ts';

const SPANS_MAX = 10_000;
const QUERIES_MAX = 1000;
const KINDS: readonly SpanKind[] = ['unspecified', 'internal', 'server', 'client', 'producer', 'consumer'];
const STATUSES = ['unset', 'ok', 'error'] as const;

interface SpanRow {
  /** Nanoseconds since the epoch, decimal. */
  readonly at: string;
  readonly duration_ns: number;
  readonly span_id: string;
  readonly parent_span_id: string;
  readonly service: string;
  readonly version: string;
  readonly name: string;
  readonly kind: number;
  readonly scope: string;
  readonly span_status: number;
  readonly span_status_message: string;
  readonly entry: number;
  readonly method: string;
  readonly route: string;
  readonly path: string;
  readonly status_code: number;
  readonly fingerprint_hex: string;
  readonly text: string;
  readonly system: string;
  readonly exception_type: string;
  readonly exception_message: string;
  readonly exception_stacktrace: string;
  readonly attributes: Record<string, string>;
  readonly events: string;
  readonly stored: number;
}

const SPANS_SQL = `
SELECT toString(toUnixTimestamp64Nano(timestamp)) AS at, duration_ns, span_id, parent_span_id, service, version, name, kind,
  scope, span_status, span_status_message, entry, method, route, path, status_code,
  if(fingerprint = 0 OR is_http, '', leftPad(lower(hex(fingerprint)), 16, '0')) AS fingerprint_hex,
  if(is_http, '', query_text) AS text, if(is_http, '', db_system) AS system, ${isHttpSql('db_system')} AS is_http,
  exception_type, exception_message, exception_stacktrace, attributes, events, count() OVER () AS stored
FROM spans
WHERE trace_id = {traceId:String}
ORDER BY timestamp, entry DESC, span_id
LIMIT ${SPANS_MAX}`;

interface QueryRow {
  readonly entry_span_id: string;
  readonly of_service: string;
  readonly fingerprint_hex: string;
  readonly loop_path: string;
  readonly text: string;
  readonly system: string;
  readonly n_calls: number;
  readonly n_repeats: number;
  readonly ns_sum: number;
  readonly ns_max: number;
  readonly call_site: readonly [file: string, line: number, name: string];
  readonly distinct: number;
}

/** One text on one loop path is one row, whoever counted its calls. */
const QUERIES_SQL = `
SELECT entry_span_id, min(service) AS of_service, leftPad(lower(hex(fingerprint)), 16, '0') AS fingerprint_hex, loop_path,
  min(query_text) AS text, min(db_system) AS system, sum(calls) AS n_calls, sum(repeats) AS n_repeats, sum(duration_ns) AS ns_sum,
  max(duration_ns_max) AS ns_max,
  max((toString(code_file_path), code_line_number, toString(code_function_name))) AS call_site,
  max(distinct_values) AS distinct
FROM request_queries FINAL
WHERE trace_id = {traceId:String} AND calls > 0 AND NOT ${isHttpSql('db_system')}
GROUP BY entry_span_id, fingerprint, loop_path
ORDER BY ns_sum DESC, fingerprint, loop_path
LIMIT ${QUERIES_MAX}`;

/** `undefined` when nothing of it is stored. */
export async function readTrace(
  store: Store,
  traceId: string,
  settings: { readonly nPlusOneThreshold: number },
): Promise<Trace | undefined> {
  const [spans, queries, logs] = await Promise.all([
    store.query<SpanRow>(SPANS_SQL, { traceId }),
    store.query<QueryRow>(QUERIES_SQL, { traceId }),
    readTraceLogs(store, traceId),
  ]);
  const first = spans[0];
  if (first === undefined) return undefined;
  const startNs = BigInt(first.at);
  const endNs = spans.reduce((end, span) => {
    const spanEnd = BigInt(span.at) + BigInt(span.duration_ns);
    return spanEnd > end ? spanEnd : end;
  }, startNs);
  return {
    traceId,
    startedAt: isoMoment(Number(startNs / 1_000_000n)),
    durationMs: milliseconds(Number(endNs - startNs)),
    services: [...new Set(spans.map((span) => span.service))],
    spanCount: first.stored,
    spans: traceTree(spans.map((span) => traceSpan(span, startNs))),
    queries: queries.map((row) => traceQuery(row, settings.nPlusOneThreshold)),
    logs: logs.map(({ atNs, ...log }) => ({ ...log, offsetMs: milliseconds(Number(atNs - startNs)) })),
  };
}

function traceSpan(row: SpanRow, traceStartNs: bigint): TraceSpan {
  const atNs = BigInt(row.at);
  return {
    spanId: row.span_id,
    parentSpanId: row.parent_span_id,
    service: row.service,
    version: row.version,
    name: row.name,
    kind: KINDS[row.kind] ?? 'unspecified',
    scope: row.scope,
    startedAt: isoMoment(Number(atNs / 1_000_000n)),
    offsetMs: milliseconds(Number(atNs - traceStartNs)),
    durationMs: milliseconds(row.duration_ns),
    status: STATUSES[row.span_status] ?? 'unset',
    statusMessage: row.span_status_message,
    entry: row.entry === 1,
    method: row.method,
    route: row.route,
    path: row.path,
    statusCode: row.status_code,
    fingerprint: row.fingerprint_hex,
    queryText: row.text,
    dbSystem: row.system,
    exceptionType: row.exception_type,
    exceptionMessage: row.exception_message,
    exceptionStacktrace: row.exception_stacktrace,
    attributes: row.attributes,
    events: events(row.events, traceStartNs),
    children: [],
  };
}

function traceQuery(row: QueryRow, nPlusOneThreshold: number): TraceQuery {
  return {
    entrySpanId: row.entry_span_id,
    service: row.of_service,
    fingerprint: row.fingerprint_hex,
    text: row.text,
    system: row.system,
    loopPath: row.loop_path,
    calls: row.n_calls,
    totalMs: milliseconds(row.ns_sum),
    maxMs: milliseconds(row.ns_max),
    callSite: callSiteText(...row.call_site),
    distinctValues: row.distinct < 0 ? null : row.distinct,
    nPlusOne: callKind(row.system) === 'query' && isNPlusOne(row.n_repeats, nPlusOneThreshold, row.text),
  };
}

/** As the decoder wrote them. */
interface StoredEvent {
  readonly timeUnixNano: string;
  readonly name: string;
  readonly attributes: Record<string, unknown>;
}

function events(json: string, traceStartNs: bigint): SpanEvent[] {
  if (json === '') return [];
  return (JSON.parse(json) as StoredEvent[]).map(({ timeUnixNano, name, attributes }) => ({
    name,
    offsetMs: milliseconds(Number(BigInt(timeUnixNano) - traceStartNs)),
    attributes,
  }));
}
