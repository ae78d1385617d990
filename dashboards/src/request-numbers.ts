import type { Builder } from '@grafana/grafana-foundation-sdk/cog';
import type { Panel } from '@grafana/grafana-foundation-sdk/dashboard';
import { QUANTILES } from './columns.ts';
import { stat } from './stat-panel.ts';
import type { Filter } from './variables.ts';

/** The five numbers on top: how much, how broken, how slow, and how many queries it takes. */
export const requestNumbers = (filter: Filter): Builder<Panel>[] => [
  stat('Requests', 'short', {}, `SELECT sum(requests) AS requests FROM endpoint_minutely WHERE ${filter('minute')}`),
  stat(
    'Error rate',
    'percentunit',
    { orange: 0.01, red: 0.1 },
    `SELECT sum(errors) / greatest(sum(requests), 1) AS error_rate FROM endpoint_minutely WHERE ${filter('minute')}`,
  ),
  stat(
    'p95',
    'ms',
    { orange: 500, red: 1000 },
    `SELECT ${QUANTILES}[2] / 1e6 AS p95 FROM endpoint_minutely WHERE ${filter('minute')}`,
  ),
  stat(
    'Requests with an N+1',
    'short',
    { orange: 1 },
    `SELECT sum(n_plus_one_requests) AS n_plus_one FROM request_minutely FINAL WHERE ${filter('minute')}`,
  ),
  stat(
    'Queries per request',
    'short',
    {},
    `SELECT
    (SELECT sum(query_count) FROM request_minutely FINAL WHERE ${filter('minute')})
    / greatest((SELECT sum(requests) FROM endpoint_minutely WHERE ${filter('minute')}), 1) AS queries`,
  ),
];
