import type { Builder } from '@grafana/grafana-foundation-sdk/cog';
import {
  LegendDisplayMode,
  LegendPlacement,
  VisibilityMode,
  VizLegendOptionsBuilder,
} from '@grafana/grafana-foundation-sdk/common';
import type { Panel } from '@grafana/grafana-foundation-sdk/dashboard';
import { PanelBuilder } from '@grafana/grafana-foundation-sdk/timeseries';
import { DATASOURCE, timeSeries } from './clickhouse-query.ts';
import { selected } from './variables.ts';

const ENDPOINT = "concat(method, ' ', route)";
const QUANTILES = 'quantilesBFloat16Merge(0.5, 0.95, 0.99)(duration_ns_quantiles)';

/** Endpoints that took the most time in all: what a chart by endpoint shows, so that it stays readable. */
const HEAVIEST = `(method, route) IN (
    SELECT method, route FROM endpoint_minutely WHERE ${selected('minute')}
    GROUP BY method, route ORDER BY sum(duration_ns_sum) DESC LIMIT 10)`;

/** Rate, errors and duration over time, and what deploys did to them. Points are whole minutes: the tables hold no finer. */
export const series = (): Builder<Panel>[] => [
  chart(
    'Requests per second',
    'reqps',
    'The ten endpoints that took the most time in all',
    `SELECT $__timeInterval(minute) AS time, ${ENDPOINT} AS endpoint, sum(requests) / $__interval_s AS requests
FROM endpoint_minutely WHERE ${selected('minute')} AND ${HEAVIEST}
GROUP BY time, endpoint ORDER BY time`,
  ),
  chart(
    'Error rate by service',
    'percentunit',
    'Failed requests among all requests',
    `SELECT $__timeInterval(minute) AS time, service, sum(errors) / sum(requests) AS error_rate
FROM endpoint_minutely WHERE ${selected('minute')}
GROUP BY time, service ORDER BY time`,
  ),
  chart(
    'p50, p95, p99',
    'ms',
    'Percentiles of all requests',
    `SELECT $__timeInterval(minute) AS time,
    ${QUANTILES}[1] / 1e6 AS p50, ${QUANTILES}[2] / 1e6 AS p95, ${QUANTILES}[3] / 1e6 AS p99
FROM endpoint_minutely WHERE ${selected('minute')}
GROUP BY time ORDER BY time`,
  ),
  chart(
    'p95 by endpoint',
    'ms',
    'The ten endpoints that took the most time in all',
    `SELECT $__timeInterval(minute) AS time, ${ENDPOINT} AS endpoint, ${QUANTILES}[2] / 1e6 AS p95
FROM endpoint_minutely WHERE ${selected('minute')} AND ${HEAVIEST}
GROUP BY time, endpoint ORDER BY time`,
  ),
  chart(
    'p95 by version',
    'ms',
    'What each deploy did to all requests of its service',
    `SELECT $__timeInterval(minute) AS time, concat(service, ' ', version) AS version, ${QUANTILES}[2] / 1e6 AS p95
FROM endpoint_minutely WHERE ${selected('minute')}
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
    FROM endpoint_minutely WHERE ${selected('minute')} AND ${HEAVIEST}
    UNION ALL
    SELECT $__timeInterval(minute) AS time, ${ENDPOINT} AS endpoint, query_count, 0 AS requests
    FROM request_minutely FINAL WHERE ${selected('minute')} AND ${HEAVIEST}
)
GROUP BY time, endpoint HAVING sum(requests) > 0 ORDER BY time`,
  ),
];

function chart(title: string, unit: string, description: string, sql: string): Builder<Panel> {
  return new PanelBuilder()
    .title(title)
    .description(description)
    .datasource(DATASOURCE)
    .withTarget(timeSeries(sql))
    .interval('1m')
    .unit(unit)
    .min(0)
    .showPoints(VisibilityMode.Auto)
    .legend(
      new VizLegendOptionsBuilder()
        .showLegend(true)
        .displayMode(LegendDisplayMode.List)
        .placement(LegendPlacement.Bottom),
    );
}
