import type { Store } from '../store/store.ts';
import type { Arrival } from './arrivals.ts';
import { boundsOf, IN_ARRIVALS } from './select-candidates.ts';
import type { StoredLogException } from './stored-trace.ts';

/** Log exceptions of these arrivals that belong to no trace: each stands for itself. */
export async function loadUntracedLogs(store: Store, arrivals: readonly Arrival[]): Promise<StoredLogException[]> {
  const rows = await store.query<Omit<StoredLogException, 'settled'>>(
    `SELECT
       '' AS spanId, service, environment, version, toString(toUnixTimestamp64Nano(timestamp)) AS timeUnixNano,
       exception_type AS exceptionType, exception_message AS exceptionMessage, exception_stacktrace AS exceptionStacktrace
     FROM ${store.database}.log_exceptions
     WHERE ${IN_ARRIVALS} AND trace_id = ''`,
    boundsOf(arrivals),
  );
  return rows.map((row) => ({ ...row, settled: true }));
}
