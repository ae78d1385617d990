/** Exceptions of a window, grouped by service, type and normalised message, last seen or most often thrown first. */

import { endpointName } from '../detect/endpoint-name.ts';
import type { Store } from '../store/store.ts';
import { decodeCursor, encodeCursor } from './cursor.ts';
import { isoMoment } from './moment.ts';
import type { ExceptionParameters } from './parameters.ts';
import { rowFilter } from './row-filter.ts';
import type { ExceptionGroup, List } from './types.ts';

interface Row {
  readonly id: string;
  readonly type: string;
  readonly message: string;
  readonly of_service: string;
  readonly of_method: string;
  readonly of_route: string;
  readonly n: number;
  readonly first_ms: number;
  readonly last_ms: number;
  readonly example: string;
  readonly stack: string;
}

/** As the list is ordered. */
const WEIGHTS = { newest: 'last_ms', count: 'n' } as const;

const sql = (conditions: string, weight: string) => `
SELECT leftPad(lower(hex(exception_key)), 16, '0') AS id, min(service) AS of_service,
  min(exception_type) AS type,
  argMax(exception_message, (timestamp, occurrence_id)) AS message,
  argMax(method, (timestamp, occurrence_id)) AS of_method,
  argMax(route, (timestamp, occurrence_id)) AS of_route,
  argMax(exception_stacktrace, (exception_stacktrace != '', timestamp, occurrence_id)) AS stack,
  argMax(trace_id, (trace_id != '', timestamp, occurrence_id)) AS example,
  count() AS n,
  toUnixTimestamp64Milli(toDateTime64(min(timestamp), 3, 'UTC')) AS first_ms,
  toUnixTimestamp64Milli(toDateTime64(max(timestamp), 3, 'UTC')) AS last_ms
FROM exceptions FINAL
WHERE timestamp >= fromUnixTimestamp64Milli({sinceMs:Int64}, 'UTC')
  AND timestamp < fromUnixTimestamp64Milli({untilMs:Int64}, 'UTC')
  AND ${conditions}
GROUP BY exception_key
HAVING {afterId:String} = '' OR (${weight}, id) < ({after:Int64}, {afterId:String})
ORDER BY ${weight} DESC, id DESC
LIMIT {limit:UInt32}`;

/** Condition with the parameter `key`, 16 hex digits. */
export const EXCEPTION_IS = 'exception_key = reinterpretAsUInt64(reverse(unhex({key:String})))';

/** @param key 16 hex digits, of the only group wanted */
export async function listExceptions(
  store: Store,
  parameters: ExceptionParameters,
  key?: string,
): Promise<List<ExceptionGroup>> {
  const { sinceMs, untilMs, limit, q, type, sort } = parameters;
  const filter = rowFilter(parameters);
  const search =
    q === undefined
      ? ''
      : ` AND (positionCaseInsensitiveUTF8(exception_type, {q:String}) > 0
          OR positionCaseInsensitiveUTF8(exception_message, {q:String}) > 0)`;
  const own =
    (type === undefined ? '' : ' AND exception_type = {type:String}') +
    (key === undefined ? '' : ` AND ${EXCEPTION_IS}`);
  const after = decodeCursor(parameters.cursor, ['integer', 'text']);
  const rows = await store.query<Row>(sql(filter.sql + search + own, WEIGHTS[sort]), {
    ...filter.params,
    sinceMs,
    untilMs,
    ...(q !== undefined && { q }),
    ...(type !== undefined && { type }),
    ...(key !== undefined && { key }),
    limit: limit + 1,
    after: after?.[0] ?? '0',
    afterId: after?.[1] ?? '',
  });
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  return {
    items: page.map(exceptionGroup),
    nextCursor:
      rows.length > limit && last ? encodeCursor([String(sort === 'count' ? last.n : last.last_ms), last.id]) : null,
  };
}

function exceptionGroup(row: Row): ExceptionGroup {
  return {
    key: row.id,
    type: row.type,
    message: row.message,
    service: row.of_service,
    endpoint: endpointName(row.of_method, row.of_route),
    count: row.n,
    firstSeen: isoMoment(row.first_ms),
    lastSeen: isoMoment(row.last_ms),
    exampleTraceId: row.example,
    stack: row.stack,
  };
}
