import { OTHER_QUERIES_TEXT } from '@profiler/analysis';

/** The request queries of some minutes, newest rows only. Parameters: `minutes`, `firstMinute`, `lastMinute` (epoch seconds). */
export function minutesOf(database: string): string {
  return `${database}.request_queries FINAL
    WHERE toStartOfMinute(timestamp) >= toDateTime({firstMinute:UInt32}, 'UTC')
      AND toStartOfMinute(timestamp) <= toDateTime({lastMinute:UInt32}, 'UTC')
      AND toUnixTimestamp(toStartOfMinute(timestamp)) IN {minutes:Array(UInt32)}`;
}

/** Whether a group of calls is an N+1: `isNPlusOne` in SQL. The overflow row of a request's table is no statement. */
export const IS_N_PLUS_ONE = `(calls >= {nPlusOneThreshold:UInt32} AND query_text != '${OTHER_QUERIES_TEXT}')`;
