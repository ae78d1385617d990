import { fingerprint } from '@profiler/analysis';
import { type NativeRow, nativeBlock } from '../store/native-rows.ts';
import type { Store } from '../store/store.ts';

/** Test support: spans as the decoder would have written them, in a minute an hour ago, which no retention touches. */
export const MINUTE_NS = BigInt(Math.floor(Date.now() / 60_000) - 60) * 60_000_000_000n;

export interface TestSpan {
  readonly traceId: string;
  readonly id: string;
  readonly parent?: string;
  readonly name?: string;
  readonly service?: string;
  /** Nanoseconds after {@link MINUTE_NS}. @default 0 */
  readonly startNs?: number;
  /** @default one millisecond */
  readonly durationNs?: number;
  /** Makes it an entry span: `GET /orders`. */
  readonly endpoint?: string;
  readonly query?: string;
  readonly exception?: string;
  readonly ignored?: boolean;
  readonly instrumented?: boolean;
  readonly folded?: boolean;
  /** Of a query that ended after its instrumented entry span. */
  readonly late?: { readonly entry: string; readonly loopPath: string };
}

let batches = 0;

/** Inserts spans as one batch. */
export async function insertSpans(store: Store, spans: readonly TestSpan[]): Promise<void> {
  await insertRowsOf(store, 'spans', spans.map(spanRow));
}

export async function insertRowsOf(
  store: Store,
  table: 'spans' | 'request_queries' | 'exceptions' | 'log_exceptions',
  rows: readonly NativeRow[],
): Promise<void> {
  batches++;
  await store.insertBlocks(table, [nativeBlock(table, rows)], {
    id: String(batches),
    deduplicationToken: `${process.pid}-${batches}`,
  });
}

function spanRow(span: TestSpan): NativeRow {
  const [method = '', route = ''] = span.endpoint?.split(' ') ?? [];
  const query = span.query === undefined ? undefined : fingerprint(span.query);
  return {
    timestamp: MINUTE_NS + BigInt(span.startNs ?? 0),
    duration_ns: BigInt(span.durationNs ?? 1_000_000),
    trace_id: span.traceId,
    span_id: span.id,
    parent_span_id: span.parent ?? '',
    service: span.service ?? 'shop',
    environment: 'test',
    version: '1',
    name: span.name ?? span.endpoint ?? span.id,
    kind: span.endpoint !== undefined ? 2 : query === undefined ? 1 : 3,
    entry: span.endpoint !== undefined ? 1 : 0,
    method,
    route,
    ignored: Number(span.ignored ?? false),
    instrumented: Number(span.instrumented ?? false),
    folded: Number(span.folded ?? false),
    db_system: query === undefined ? '' : 'postgresql',
    query_text: query?.text ?? '',
    fingerprint: query === undefined ? 0n : BigInt(`0x${query.hex}`),
    call_flags: 0,
    values_hash: 0,
    exception_type: span.exception === undefined ? '' : 'Error',
    exception_message: span.exception ?? '',
    exception_stacktrace: span.exception === undefined ? '' : `Error: ${span.exception}\n    at ${span.id}`,
    entry_span_id: span.late?.entry ?? '',
    loop_path: span.late?.loopPath ?? '',
  };
}

/** What an instrumented entry span's table becomes at decode. */
export function entryRow(
  entry: { traceId: string; id: string; endpoint: string },
  query: {
    text: string;
    loopPath: string;
    calls: number;
    durationNs: number;
    maxNs: number;
    line?: number;
    distinct?: number;
  },
): NativeRow {
  const [method = '', route = ''] = entry.endpoint.split(' ');
  return {
    timestamp: MINUTE_NS,
    trace_id: entry.traceId,
    entry_span_id: entry.id,
    source: 'entry',
    service: 'shop',
    environment: 'test',
    version: '1',
    method,
    route,
    request_duration_ns: 1_000_000n,
    fingerprint: BigInt(`0x${fingerprint(query.text).hex}`),
    loop_path: query.loopPath,
    db_system: 'postgresql',
    query_text: fingerprint(query.text).text,
    calls: query.calls,
    repeats: query.calls,
    duration_ns: BigInt(query.durationNs),
    duration_ns_max: BigInt(query.maxNs),
    code_file_path: query.line === undefined ? '' : 'shop.ts',
    code_line_number: query.line ?? 0,
    distinct_values: query.distinct ?? -1,
  };
}
