/** Rows of `request_queries` in some minutes. Parameters: `minutes`, `firstMinute`, `lastMinute` (epoch seconds). */
export const IN_MINUTES = `toStartOfMinute(timestamp) >= toDateTime({firstMinute:UInt32}, 'UTC')
      AND toStartOfMinute(timestamp) <= toDateTime({lastMinute:UInt32}, 'UTC')
      AND toUnixTimestamp(toStartOfMinute(timestamp)) IN {minutes:Array(UInt32)}`;

const inPortion = `${IN_MINUTES}
      AND request_queries.service >= {fromService:String}
      AND ({beforeService:String} = '' OR request_queries.service < {beforeService:String})`;

/**
 * The request queries of some minutes and services, newest rows only. Parameters beside those of {@link IN_MINUTES}: `fromService`,
 * and `beforeService`, which '' leaves open.
 *
 * @param keys a condition on nothing but columns of the sorting key: it leaves rows aside before the newest are looked for
 */
export function minutesOf(database: string, keys?: string): string {
  return `${database}.request_queries FINAL ${keys === undefined ? '' : `PREWHERE ${keys}`} WHERE ${inPortion}`;
}

/** The same with those that newer ones replaced, for what may take too many. */
export function allRowsOf(database: string): string {
  return `${database}.request_queries WHERE ${inPortion}`;
}

/*
 * A busy minute has a million rows of nearly as many requests. Grouped by the texts that name a request they cost 3 times
 * the processor time and 500 bytes of memory each; so they are grouped by hashes, which are named again once they are few.
 */

export const MINUTE = `toStartOfMinute(toDateTime(timestamp, 'UTC')) AS minute`;
/** Names an endpoint's version. */
export const ENDPOINT_COLUMNS = 'service, environment, version, method, route';

/** Columns are named with their table's name, for selections that give their aggregates the same names. */
export const ENDPOINT_HASH = `cityHash64(${ENDPOINT_COLUMNS.replace(/\w+/g, 'request_queries.$&')}) AS endpoint_hash`;
/** 128 bits, because there are many; with the endpoint's, by which the requests of one service are told from another's. */
export const REQUEST_HASH = `cityHash64(request_queries.trace_id, entry_span_id) AS request_hash,
  xxHash64(request_queries.trace_id, entry_span_id) AS request_hash_2`;

/** Names the calls of one query on one loop path of one request. */
export const GROUP_HASH = 'cityHash64(request_queries.trace_id, entry_span_id, fingerprint, loop_path)';

/** One thread, and groups on disk before they take much memory: this runs beside everything else, and nobody waits for it. */
export const MODEST_SETTINGS =
  'SETTINGS max_threads = 1, max_bytes_before_external_group_by = 16777216, max_block_size = 8192, preferred_block_size_bytes = 262144';
