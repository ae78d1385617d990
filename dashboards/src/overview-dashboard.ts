import type { Builder } from '@grafana/grafana-foundation-sdk/cog';
import type { Panel } from '@grafana/grafana-foundation-sdk/dashboard';
import { chart } from './chart-panel.ts';
import { type ClassicDashboard, classic, dashboard } from './classic.ts';
import { ENDPOINT, QUANTILES } from './columns.ts';
import { placed } from './grid.ts';
import { ENDPOINT_PAGE, endpointDashboardLink, pageLink, requestsLink } from './links.ts';
import { deploys, regressionMarks } from './marks.ts';
import { requestNumbers } from './request-numbers.ts';
import { slowestRequests } from './request-tables.ts';
import { hidden, linksTo, responseTime, rows, unit } from './table-panel.ts';
import { filterBy, variables } from './variables.ts';

const filter = filterBy('service', 'environment', 'version');

/** Endpoints that took the most time in all: what a chart by endpoint shows, so that it stays readable. */
const HEAVIEST = `(method, route) IN (
    SELECT method, route FROM endpoint_minutely WHERE ${filter('minute')}
    GROUP BY method, route ORDER BY sum(duration_ns_sum) DESC LIMIT 10)`;

/** Which endpoint is slow, since which deploy, and how many queries it takes. */
export function overviewDashboard(): ClassicDashboard {
  const charts = series();
  return classic(
    dashboard('overview', 'Overview', 'Rate, errors and duration of every endpoint, with deploys and regressions')
      .variables(variables('service', 'environment', 'version'))
      .annotation(deploys())
      .annotation(regressionMarks('service', 'environment')),
    placed([
      { heightUnits: 4, panels: requestNumbers(filter) },
      { heightUnits: 8, panels: charts.slice(0, 3) },
      { heightUnits: 8, panels: charts.slice(3) },
      { heightUnits: 12, panels: [endpoints()] },
      { heightUnits: 9, panels: [slowestRequests(filter)] },
    ]),
  );
}

/** Rate, errors and duration over time, and what deploys did to them. */
const series = (): Builder<Panel>[] => [
  chart(
    'Requests per second',
    'reqps',
    'The ten endpoints that took the most time in all',
    `SELECT $__timeInterval(minute) AS time, ${ENDPOINT} AS endpoint, sum(requests) / $__interval_s AS requests
FROM endpoint_minutely WHERE ${filter('minute')} AND ${HEAVIEST}
GROUP BY time, endpoint ORDER BY time`,
  ),
  chart(
    'Error rate by service',
    'percentunit',
    'Failed requests among all requests',
    `SELECT $__timeInterval(minute) AS time, service, sum(errors) / sum(requests) AS error_rate
FROM endpoint_minutely WHERE ${filter('minute')}
GROUP BY time, service ORDER BY time`,
  ),
  chart(
    'p50, p95, p99',
    'ms',
    'Percentiles of all requests',
    `SELECT $__timeInterval(minute) AS time,
    ${QUANTILES}[1] / 1e6 AS p50, ${QUANTILES}[2] / 1e6 AS p95, ${QUANTILES}[3] / 1e6 AS p99
FROM endpoint_minutely WHERE ${filter('minute')}
GROUP BY time ORDER BY time`,
  ),
  chart(
    'p95 by endpoint',
    'ms',
    'The ten endpoints that took the most time in all',
    `SELECT $__timeInterval(minute) AS time, ${ENDPOINT} AS endpoint, ${QUANTILES}[2] / 1e6 AS p95
FROM endpoint_minutely WHERE ${filter('minute')} AND ${HEAVIEST}
GROUP BY time, endpoint ORDER BY time`,
  ),
  chart(
    'p95 by version',
    'ms',
    'What each deploy did to all requests of its service',
    `SELECT $__timeInterval(minute) AS time, concat(service, ' ', version) AS version_of_service, ${QUANTILES}[2] / 1e6 AS p95
FROM endpoint_minutely WHERE ${filter('minute')}
GROUP BY time, service, version ORDER BY time`,
  ),
  chart(
    'Queries per request by endpoint',
    'short',
    'The ten endpoints that took the most time in all; a step up is a new loop or a lost join',
    `SELECT time, endpoint, sum(query_count) / sum(requests) AS queries
FROM
(
    SELECT $__timeInterval(minute) AS time, ${ENDPOINT} AS endpoint, 0 AS query_count, requests
    FROM endpoint_minutely WHERE ${filter('minute')} AND ${HEAVIEST}
    UNION ALL
    SELECT $__timeInterval(minute) AS time, ${ENDPOINT} AS endpoint, query_count, 0 AS requests
    FROM request_minutely FINAL WHERE ${filter('minute')} AND ${HEAVIEST}
)
GROUP BY time, endpoint HAVING sum(requests) > 0 ORDER BY time`,
  ),
];

/** Every endpoint, the one that takes the most time first. */
const endpoints = (): Builder<Panel> =>
  rows(
    'Endpoints',
    'By total time: calls x average. A row links to its dashboard, and to its page and requests in Profiler.',
    `SELECT service, endpoint, sum(e.requests) AS requests, sum(e.errors) / sum(e.requests) AS error_rate,
    sum(e.duration_ns_sum) / sum(e.requests) / 1e6 AS avg_ms, ${QUANTILES}[1] / 1e6 AS p50_ms, ${QUANTILES}[2] / 1e6 AS p95_ms,
    ${QUANTILES}[3] / 1e6 AS p99_ms, max(e.duration_ns_max) / 1e6 AS max_ms, sum(e.slow_requests) AS slow,
    any(q.n_plus_one) AS n_plus_one, any(q.query_count) / sum(e.requests) AS queries_per_request,
    sum(e.duration_ns_sum) / 1e9 AS total_seconds, any(e.page) AS page
FROM (SELECT *, ${ENDPOINT} AS endpoint, ${ENDPOINT_PAGE} AS page FROM endpoint_minutely WHERE ${filter('minute')}) AS e
LEFT JOIN
(
    SELECT service, ${ENDPOINT} AS endpoint, sum(n_plus_one_requests) AS n_plus_one, sum(query_count) AS query_count
    FROM request_minutely FINAL WHERE ${filter('minute')}
    GROUP BY service, endpoint
) AS q USING (service, endpoint)
GROUP BY service, endpoint
ORDER BY total_seconds DESC
LIMIT 200`,
    {
      endpoint: [linksTo(endpointDashboardLink(), pageLink(), requestsLink())],
      error_rate: [unit('percentunit')],
      avg_ms: [unit('ms')],
      p50_ms: [unit('ms')],
      p95_ms: responseTime(),
      p99_ms: [unit('ms')],
      max_ms: [unit('ms')],
      total_seconds: [unit('s')],
      page: hidden(),
    },
  );
