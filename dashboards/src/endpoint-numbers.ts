import type { Builder } from '@grafana/grafana-foundation-sdk/cog';
import { BigValueColorMode, BigValueGraphMode } from '@grafana/grafana-foundation-sdk/common';
import {
  type Panel,
  type Threshold,
  ThresholdsConfigBuilder,
  ThresholdsMode,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { PanelBuilder } from '@grafana/grafana-foundation-sdk/stat';
import { DATASOURCE, table } from './clickhouse-query.ts';
import { selected } from './variables.ts';

/** The five numbers on top: how much, how broken, how slow, and how many queries it takes. */
export const numbers = (): Builder<Panel>[] => [
  stat('Requests', 'short', [], `SELECT sum(requests) AS requests FROM endpoint_minutely WHERE ${selected('minute')}`),
  stat(
    'Error rate',
    'percentunit',
    [
      { value: 0.01, color: 'orange' },
      { value: 0.1, color: 'red' },
    ],
    `SELECT sum(errors) / greatest(sum(requests), 1) AS error_rate FROM endpoint_minutely WHERE ${selected('minute')}`,
  ),
  stat(
    'p95',
    'ms',
    [
      { value: 500, color: 'orange' },
      { value: 1000, color: 'red' },
    ],
    `SELECT quantilesBFloat16Merge(0.5, 0.95, 0.99)(duration_ns_quantiles)[2] / 1e6 AS p95
FROM endpoint_minutely WHERE ${selected('minute')}`,
  ),
  stat(
    'Requests with an N+1',
    'short',
    [{ value: 1, color: 'orange' }],
    `SELECT sum(n_plus_one_requests) AS n_plus_one FROM request_minutely FINAL WHERE ${selected('minute')}`,
  ),
  stat(
    'Queries per request',
    'short',
    [],
    `SELECT
    (SELECT sum(query_count) FROM request_minutely FINAL WHERE ${selected('minute')})
    / greatest((SELECT sum(requests) FROM endpoint_minutely WHERE ${selected('minute')}), 1) AS queries`,
  ),
];

function stat(title: string, unit: string, steps: { value: number; color: string }[], sql: string): Builder<Panel> {
  const green: Threshold = { value: null, color: 'green' };
  return new PanelBuilder()
    .title(title)
    .datasource(DATASOURCE)
    .withTarget(table(sql))
    .unit(unit)
    .thresholds(new ThresholdsConfigBuilder().mode(ThresholdsMode.Absolute).steps([green, ...steps]))
    .colorMode(steps.length > 0 ? BigValueColorMode.Value : BigValueColorMode.None)
    .graphMode(BigValueGraphMode.None);
}
