import type { Builder } from '@grafana/grafana-foundation-sdk/cog';
import type { DynamicConfigValue, Panel } from '@grafana/grafana-foundation-sdk/dashboard';
import { PanelBuilder } from '@grafana/grafana-foundation-sdk/table';
import { DATASOURCE, table } from './clickhouse-query.ts';
import { type DataLink, findingsLink, requestsLink, traceLink } from './links.ts';
import { selected } from './variables.ts';

const ENDPOINT = "concat(method, ' ', route)";
const QUANTILES = 'quantilesBFloat16Merge(0.5, 0.95, 0.99)(duration_ns_quantiles)';

/** Every endpoint, the one that takes the most time first. */
export const endpoints = (): Builder<Panel> =>
  rows(
    'Endpoints',
    'By total time: calls x average. A row links to its requests.',
    `SELECT service, endpoint, sum(e.requests) AS requests, sum(e.errors) / sum(e.requests) AS error_rate,
    sum(e.duration_ns_sum) / sum(e.requests) / 1e6 AS avg_ms, ${QUANTILES}[1] / 1e6 AS p50_ms, ${QUANTILES}[2] / 1e6 AS p95_ms,
    ${QUANTILES}[3] / 1e6 AS p99_ms, max(e.duration_ns_max) / 1e6 AS max_ms, sum(e.slow_requests) AS slow,
    any(q.n_plus_one) AS n_plus_one, any(q.query_count) / sum(e.requests) AS queries_per_request,
    sum(e.duration_ns_sum) / 1e9 AS total_seconds
FROM (SELECT *, ${ENDPOINT} AS endpoint FROM endpoint_minutely WHERE ${selected('minute')}) AS e
LEFT JOIN
(
    SELECT service, ${ENDPOINT} AS endpoint, sum(n_plus_one_requests) AS n_plus_one, sum(query_count) AS query_count
    FROM request_minutely FINAL WHERE ${selected('minute')}
    GROUP BY service, endpoint
) AS q USING (service, endpoint)
GROUP BY service, endpoint
ORDER BY total_seconds DESC
LIMIT 200`,
    {
      endpoint: [linksTo(requestsLink())],
      error_rate: [unit('percentunit')],
      avg_ms: [unit('ms')],
      p50_ms: [unit('ms')],
      p95_ms: [unit('ms'), ...coloured(500, 1000)],
      p99_ms: [unit('ms')],
      max_ms: [unit('ms')],
      total_seconds: [unit('s')],
    },
  );

/** Queries that repeat within a request, the costliest first. */
export const nPlusOnes = (): Builder<Panel> =>
  rows(
    'N+1 queries',
    'The same query again and again within one request, and the line that sends it',
    `SELECT f.service AS service, ${ENDPOINT} AS endpoint, f.query_text AS query,
    if(any(f.code_file_path) = '', '', concat(any(f.code_file_path), ':', toString(any(f.code_line_number)))) AS call_site,
    sum(f.repeated_requests) AS requests, quantilesBFloat16Merge(0.5)(f.repeats_quantiles)[1] AS repeats_p50,
    max(f.repeats_max) AS repeats_max, sum(f.duration_ns_sum) / 1e6 AS total_ms, max(f.last_seen) AS last_seen,
    argMax(f.example_trace_ids, f.last_seen)[1] AS trace_id
FROM finding_minutely AS f FINAL
WHERE ${selected('minute')} AND f.repeated_requests > 0 AND f.db_system != 'http'
GROUP BY service, endpoint, query, f.finding_key
ORDER BY total_ms DESC
LIMIT 100`,
    { endpoint: [linksTo(findingsLink())], total_ms: [unit('ms')], trace_id: [linksTo(traceLink())] },
  );

/** Single requests, the slowest first. */
export const slowestRequests = (): Builder<Panel> =>
  rows(
    'Slowest requests',
    'A row links to its trace',
    `SELECT timestamp AS time, service, ${ENDPOINT} AS endpoint, path, status_code AS status, version, duration_ns / 1e6 AS duration_ms, trace_id
FROM requests
WHERE ${selected('timestamp')}
ORDER BY duration_ns DESC
LIMIT 100`,
    { duration_ms: [unit('ms'), ...coloured(500, 1000)], trace_id: [linksTo(traceLink())] },
  );

const unit = (value: string): DynamicConfigValue => ({ id: 'unit', value });
const linksTo = (link: DataLink): DynamicConfigValue => ({ id: 'links', value: [link] });

/** Green, then orange, then red, from these values on. */
const coloured = (orange: number, red: number): DynamicConfigValue[] => [
  { id: 'custom.cellOptions', value: { type: 'color-text' } },
  {
    id: 'thresholds',
    value: {
      mode: 'absolute',
      steps: [
        { value: null, color: 'green' },
        { value: orange, color: 'orange' },
        { value: red, color: 'red' },
      ],
    },
  },
];

function rows(title: string, description: string, sql: string, columns: Record<string, DynamicConfigValue[]>) {
  let panel = new PanelBuilder().title(title).description(description).datasource(DATASOURCE).withTarget(table(sql));
  for (const [column, properties] of Object.entries(columns)) panel = panel.overrideByName(column, properties);
  return panel;
}
