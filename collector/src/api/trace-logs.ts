/** Log records of a trace: those with an exception, which are the ones that are stored. */
import type { Store } from '../store/store.ts';
import type { TraceLog } from './types.ts';

const LOGS_MAX = 200;

interface Row {
  /** Nanoseconds since the epoch, decimal. */
  readonly at: string;
  readonly span_id: string;
  readonly service: string;
  readonly exception_type: string;
  readonly exception_message: string;
  readonly exception_stacktrace: string;
}

/** A request that was sent twice left its records twice. */
const SQL = `
SELECT DISTINCT toString(toUnixTimestamp64Nano(timestamp)) AS at, span_id, service, exception_type, exception_message,
  exception_stacktrace
FROM log_exceptions
WHERE trace_id = {traceId:String}
ORDER BY at, span_id, exception_type
LIMIT ${LOGS_MAX}`;

export async function readTraceLogs(
  store: Store,
  traceId: string,
): Promise<(Omit<TraceLog, 'offsetMs'> & { readonly atNs: bigint })[]> {
  const rows = await store.query<Row>(SQL, { traceId });
  return rows.map((row) => ({
    atNs: BigInt(row.at),
    spanId: row.span_id,
    service: row.service,
    exceptionType: row.exception_type,
    exceptionMessage: row.exception_message,
    exceptionStacktrace: row.exception_stacktrace,
  }));
}
