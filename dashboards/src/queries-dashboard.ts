import type { Builder } from '@grafana/grafana-foundation-sdk/cog';
import type { Panel } from '@grafana/grafana-foundation-sdk/dashboard';
import { chart } from './chart-panel.ts';
import { type ClassicDashboard, classic, dashboard } from './classic.ts';
import { ENDPOINT } from './columns.ts';
import { placed } from './grid.ts';
import { deploys } from './marks.ts';
import { nPlusOnes, otherLoops, queriesByTime, slowQueries } from './query-tables.ts';
import { stat } from './stat-panel.ts';
import { filterBy, variables } from './variables.ts';

const filter = filterBy('service', 'environment', 'version', 'endpoint');

/** Which queries take the time, which repeat, and which line sends them. */
export function queriesDashboard(): ClassicDashboard {
  return classic(
    dashboard('queries', 'Queries and N+1', 'Which queries take the time, which repeat, and which line sends them')
      .variables(variables('service', 'environment', 'version', 'endpoint'))
      .annotation(deploys()),
    placed([
      { heightUnits: 4, panels: numbers() },
      { heightUnits: 9, panels: charts() },
      { heightUnits: 11, panels: [queriesByTime(filter)] },
      { heightUnits: 9, panels: [nPlusOnes(filter)] },
      { heightUnits: 9, panels: [slowQueries(filter)] },
      { heightUnits: 8, panels: [otherLoops(filter)] },
    ]),
  );
}

const numbers = (): Builder<Panel>[] => [
  stat(
    'Queries',
    'short',
    {},
    `SELECT sum(query_count) AS queries FROM request_minutely FINAL WHERE ${filter('minute')}`,
  ),
  stat(
    'Share of the time in queries',
    'percentunit',
    {},
    `SELECT (SELECT sum(query_ns) FROM request_minutely FINAL WHERE ${filter('minute')})
    / greatest((SELECT sum(duration_ns_sum) FROM endpoint_minutely WHERE ${filter('minute')}), 1) AS share`,
  ),
  stat(
    'Requests with an N+1',
    'short',
    { orange: 1 },
    `SELECT sum(n_plus_one_requests) AS n_plus_one FROM request_minutely FINAL WHERE ${filter('minute')}`,
  ),
  stat(
    'Different queries',
    'short',
    {},
    `SELECT uniqExact(fingerprint) AS fingerprints FROM query_minutely WHERE ${filter('minute')}`,
  ),
];

const HEAVIEST = `fingerprint IN (
    SELECT fingerprint FROM query_minutely FINAL WHERE ${filter('minute')}
    GROUP BY fingerprint ORDER BY sum(duration_ns_sum) DESC LIMIT 10)`;

const charts = (): Builder<Panel>[] => [
  chart(
    'Time in queries',
    'ms',
    'Per second, of the ten queries that took the most time in all',
    `SELECT $__timeInterval(minute) AS time, substringUTF8(query_text, 1, 80) AS query, sum(duration_ns_sum) / 1e6 / $__interval_s AS ms
FROM query_minutely FINAL WHERE ${filter('minute')} AND ${HEAVIEST}
GROUP BY time, query ORDER BY time`,
  ),
  chart(
    'Calls per second',
    'reqps',
    'Of the ten queries that took the most time in all',
    `SELECT $__timeInterval(minute) AS time, substringUTF8(query_text, 1, 80) AS query, sum(calls) / $__interval_s AS calls_per_second
FROM query_minutely FINAL WHERE ${filter('minute')} AND ${HEAVIEST}
GROUP BY time, query ORDER BY time`,
  ),
  chart(
    'Requests with an N+1, by endpoint',
    'reqps',
    'A line that begins at a deploy names the deploy that brought the loop',
    `SELECT $__timeInterval(minute) AS time, ${ENDPOINT} AS endpoint, sum(n_plus_one_requests) / $__interval_s AS requests
FROM request_minutely FINAL WHERE ${filter('minute')} AND n_plus_one_requests > 0
GROUP BY time, endpoint ORDER BY time`,
  ),
];
