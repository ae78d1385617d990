import type { Builder } from '@grafana/grafana-foundation-sdk/cog';
import type { Panel } from '@grafana/grafana-foundation-sdk/dashboard';
import { ENDPOINT } from './columns.ts';
import { traceLink } from './links.ts';
import { linksTo, responseTime, rows } from './table-panel.ts';
import type { Filter } from './variables.ts';

const COLUMNS = { duration_ms: responseTime(), trace_id: [linksTo(traceLink())] };
const SELECT = `SELECT timestamp AS time, service, ${ENDPOINT} AS endpoint, path, status_code AS status, version, duration_ns / 1e6 AS duration_ms, trace_id
FROM requests`;

/** Single requests, the slowest first. */
export const slowestRequests = (filter: Filter): Builder<Panel> =>
  rows(
    'Slowest requests',
    'A row links to its trace',
    `${SELECT}
WHERE ${filter('timestamp')}
ORDER BY duration_ns DESC
LIMIT 100`,
    COLUMNS,
  );

/** Single requests that failed, the newest first. */
export const failedRequests = (filter: Filter): Builder<Panel> =>
  rows(
    'Failed requests',
    'The newest first; a row links to its trace',
    `${SELECT}
WHERE ${filter('timestamp')} AND error = 1
ORDER BY timestamp DESC
LIMIT 100`,
    COLUMNS,
  );
