import type { Builder } from '@grafana/grafana-foundation-sdk/cog';
import type { Panel } from '@grafana/grafana-foundation-sdk/dashboard';
import { chart, stacked } from './chart-panel.ts';
import { type ClassicDashboard, classic, dashboard } from './classic.ts';
import { QUANTILES } from './columns.ts';
import { placed } from './grid.ts';
import { heatmap } from './heatmap-panel.ts';
import { deploys, regressionMarks } from './marks.ts';
import { findingsOfEndpoint, queriesWithLines } from './query-tables.ts';
import { requestNumbers } from './request-numbers.ts';
import { failedRequests, slowestRequests } from './request-tables.ts';
import { responseTime, rows, unit } from './table-panel.ts';
import { filterBy, variablesOfOne } from './variables.ts';

const filter = filterBy('service', 'endpoint', 'environment', 'version');

/** Why one endpoint is slow: where its time goes, what it asks for, and what each version changed. */
export function endpointDashboard(): ClassicDashboard {
  return classic(
    dashboard('endpoint', 'Endpoint', 'Why one endpoint is slow, and since when')
      .variables(variablesOfOne())
      .annotation(deploys())
      .annotation(regressionMarks('service', 'endpoint', 'environment')),
    placed([
      { heightUnits: 4, panels: requestNumbers(filter) },
      { heightUnits: 8, panels: [percentiles(), traffic(), timeSpent()] },
      { heightUnits: 8, panels: [durations(), byVersion(), queriesPerRequest()] },
      { heightUnits: 6, panels: [versions()] },
      { heightUnits: 9, panels: [queriesWithLines(filter)] },
      { heightUnits: 8, panels: [findingsOfEndpoint(filter)] },
      { heightUnits: 9, panels: [slowestRequests(filter), failedRequests(filter)] },
    ]),
  );
}

const percentiles = (): Builder<Panel> =>
  chart(
    'p50, p95, p99',
    'ms',
    'Percentiles of its requests',
    `SELECT $__timeInterval(minute) AS time,
    ${QUANTILES}[1] / 1e6 AS p50, ${QUANTILES}[2] / 1e6 AS p95, ${QUANTILES}[3] / 1e6 AS p99
FROM endpoint_minutely WHERE ${filter('minute')}
GROUP BY time ORDER BY time`,
  );

const traffic = (): Builder<Panel> =>
  chart(
    'Requests and errors per second',
    'reqps',
    'All of its requests, and those that failed',
    `SELECT $__timeInterval(minute) AS time, sum(requests) / $__interval_s AS all_requests, sum(errors) / $__interval_s AS failed
FROM endpoint_minutely WHERE ${filter('minute')}
GROUP BY time ORDER BY time`,
  );

/**
 * Calls that run side by side count each, so their sum may be more than the request took; own code is never below zero.
 * Calls of other services are in no rollup: they are read from the single requests, as long as those are kept.
 */
const timeSpent = (): Builder<Panel> =>
  stacked(
    'Where the time goes',
    'ms',
    'Of an average request: queries, calls of other services, and the rest, which is its own code',
    `SELECT time, sum(database_ns) / greatest(sum(requests), 1) / 1e6 AS database, sum(http_ns) / greatest(sum(requests), 1) / 1e6 AS http,
    greatest(toInt64(sum(request_ns)) - toInt64(sum(database_ns)) - toInt64(sum(http_ns)), 0) / greatest(sum(requests), 1) / 1e6 AS own_code
FROM
(
    SELECT $__timeInterval(minute) AS time, requests, duration_ns_sum AS request_ns, 0 AS database_ns, 0 AS http_ns
    FROM endpoint_minutely WHERE ${filter('minute')}
    UNION ALL
    SELECT $__timeInterval(minute) AS time, 0 AS requests, 0 AS request_ns, query_ns AS database_ns, 0 AS http_ns
    FROM request_minutely FINAL WHERE ${filter('minute')}
    UNION ALL
    SELECT $__timeInterval(timestamp) AS time, 0 AS requests, 0 AS request_ns, 0 AS database_ns, duration_ns AS http_ns
    FROM request_queries FINAL WHERE ${filter('timestamp')} AND db_system = 'http'
)
GROUP BY time HAVING sum(requests) > 0 ORDER BY time`,
  );

/** Ten thousand requests of the range, chosen by their trace ids, so that a refresh shows the same ones. */
const durations = (): Builder<Panel> =>
  heatmap(
    'Durations of single requests',
    'ms',
    'Of ten thousand requests at most: two bands are two kinds of request behind one endpoint',
    `SELECT time, duration_ms FROM
(
    SELECT timestamp AS time, duration_ns / 1e6 AS duration_ms FROM requests
    WHERE ${filter('timestamp')}
    ORDER BY cityHash64(trace_id) LIMIT 10000
)
ORDER BY time`,
  );

const byVersion = (): Builder<Panel> =>
  chart(
    'p95 by version',
    'ms',
    'What each deploy did to it',
    `SELECT $__timeInterval(minute) AS time, version AS version_of_service, ${QUANTILES}[2] / 1e6 AS p95
FROM endpoint_minutely WHERE ${filter('minute')}
GROUP BY time, version ORDER BY time`,
  );

const queriesPerRequest = (): Builder<Panel> =>
  chart(
    'Queries per request over time',
    'short',
    'A step up is a new loop or a lost join',
    `SELECT time, sum(query_count) / sum(requests) AS queries
FROM
(
    SELECT $__timeInterval(minute) AS time, 0 AS query_count, requests FROM endpoint_minutely WHERE ${filter('minute')}
    UNION ALL
    SELECT $__timeInterval(minute) AS time, query_count, 0 AS requests FROM request_minutely FINAL WHERE ${filter('minute')}
)
GROUP BY time HAVING sum(requests) > 0 ORDER BY time`,
  );

const versions = (): Builder<Panel> =>
  rows(
    'Versions',
    'The same endpoint before and after each deploy, the newest first',
    `SELECT e.version AS version, min(e.minute) AS first_seen, sum(e.requests) AS requests, sum(e.errors) / sum(e.requests) AS error_rate,
    sum(e.duration_ns_sum) / sum(e.requests) / 1e6 AS avg_ms, ${QUANTILES}[1] / 1e6 AS p50_ms, ${QUANTILES}[2] / 1e6 AS p95_ms,
    ${QUANTILES}[3] / 1e6 AS p99_ms, any(q.query_count) / sum(e.requests) AS queries_per_request, any(q.n_plus_one) AS n_plus_one
FROM (SELECT * FROM endpoint_minutely WHERE ${filter('minute')}) AS e
LEFT JOIN
(
    SELECT version, sum(query_count) AS query_count, sum(n_plus_one_requests) AS n_plus_one
    FROM request_minutely FINAL WHERE ${filter('minute')}
    GROUP BY version
) AS q USING (version)
GROUP BY version
ORDER BY first_seen DESC`,
    {
      error_rate: [unit('percentunit')],
      avg_ms: [unit('ms')],
      p50_ms: [unit('ms')],
      p95_ms: responseTime(),
      p99_ms: [unit('ms')],
    },
  );
