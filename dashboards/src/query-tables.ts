import type { Builder } from '@grafana/grafana-foundation-sdk/cog';
import type { Panel } from '@grafana/grafana-foundation-sdk/dashboard';
import { callSite, ENDPOINT, NO_DATABASES, QUERY_QUANTILES } from './columns.ts';
import { endpointDashboardLink, findingsLink, pageId, queriesLink, queryLink, traceLink } from './links.ts';
import { type Columns, hidden, linksTo, rows, unit } from './table-panel.ts';
import type { Filter } from './variables.ts';

const CALLED = NO_DATABASES.map((system) => `'${system}'`).join(', ');

const TIMES = { avg_ms: [unit('ms')], p95_ms: [unit('ms')], max_ms: [unit('ms')], total_ms: [unit('ms')] };
const QUERY = { query: [linksTo(queryLink())], query_id: hidden() };

/** Normalised queries, those that took the most time in all first. */
export const queriesByTime = (filter: Filter): Builder<Panel> =>
  rows(
    'Queries by total time',
    'Normalised: every value is a ?',
    `SELECT service, db_system AS system, query_text AS query, sum(q.calls) AS calls, sum(q.calls) / sum(q.requests) AS calls_per_request,
    sum(duration_ns_sum) / sum(q.calls) / 1e6 AS avg_ms, ${QUERY_QUANTILES}[2] / 1e6 AS p95_ms,
    max(duration_ns_max) / 1e6 AS max_ms, sum(duration_ns_sum) / 1e6 AS total_ms, uniqExact(${ENDPOINT}) AS endpoints,
    ${pageId('fingerprint')} AS query_id
FROM query_minutely AS q FINAL
WHERE ${filter('minute')}
GROUP BY service, system, query, fingerprint
ORDER BY total_ms DESC
LIMIT 200`,
    { ...TIMES, ...QUERY },
  );

/** A request's queries with the line that sends them; the lines are those of a sample of single requests. */
export const queriesWithLines = (filter: Filter): Builder<Panel> =>
  rows(
    'Queries of the endpoint',
    'By total time; the line that sends them where @profiler/register knows it',
    `SELECT service, db_system AS system, query_text AS query, sum(q.calls) AS calls, sum(q.calls) / sum(q.requests) AS calls_per_request,
    sum(duration_ns_sum) / sum(q.calls) / 1e6 AS avg_ms, ${QUERY_QUANTILES}[2] / 1e6 AS p95_ms,
    max(duration_ns_max) / 1e6 AS max_ms, sum(duration_ns_sum) / 1e6 AS total_ms,
    any(lines.call_site) AS call_site, ${pageId('fingerprint')} AS query_id
FROM (SELECT * FROM query_minutely FINAL WHERE ${filter('minute')}) AS q
LEFT JOIN
(
    SELECT fingerprint, any(${callSite()}) AS call_site
    FROM
    (
        SELECT fingerprint, code_file_path, code_line_number FROM request_queries
        WHERE ${filter('timestamp')} AND code_file_path != ''
        LIMIT 100000
    )
    GROUP BY fingerprint
) AS lines USING (fingerprint)
GROUP BY service, system, query, fingerprint
ORDER BY total_ms DESC
LIMIT 100`,
    { ...TIMES, ...QUERY },
  );

/** Queries that repeat within a request, the costliest first. */
export const nPlusOnes = (filter: Filter): Builder<Panel> =>
  loops(
    'N+1 queries',
    'The same query again and again within one request, and the line that sends it',
    `${filter('minute')} AND f.repeated_requests > 0 AND f.db_system NOT IN (${CALLED})`,
    QUERY,
  );

/** Likewise calls of other services and of caches; a call of a service has no page of its own. */
export const otherLoops = (filter: Filter): Builder<Panel> =>
  loops(
    'Loops over HTTP and caches',
    'The same call of another service, or command of a cache, again and again within one request',
    `${filter('minute')} AND f.repeated_requests > 0 AND f.db_system IN (${CALLED})`,
    { query_id: hidden() },
  );

function loops(title: string, description: string, condition: string, query: Columns): Builder<Panel> {
  return rows(
    title,
    description,
    `SELECT f.service AS service, ${ENDPOINT} AS endpoint, f.query_text AS query,
    ${callSite('any(f.code_file_path)', 'any(f.code_line_number)')} AS call_site,
    sum(f.repeated_requests) AS requests, quantilesBFloat16Merge(0.5)(f.repeats_quantiles)[1] AS repeats_p50,
    max(f.repeats_max) AS repeats_max, sum(f.duration_ns_sum) / 1e6 AS total_ms, max(f.last_seen) AS last_seen,
    argMax(f.example_trace_ids, f.last_seen)[1] AS trace_id, ${pageId('any(f.fingerprint)')} AS query_id
FROM finding_minutely AS f FINAL
WHERE ${condition}
GROUP BY service, endpoint, query, f.finding_key
ORDER BY total_ms DESC
LIMIT 100`,
    {
      endpoint: [linksTo(endpointDashboardLink(), findingsLink(), queriesLink())],
      ...query,
      total_ms: [unit('ms')],
      trace_id: [linksTo(traceLink())],
    },
  );
}

/** Queries that took long in some requests. */
export const slowQueries = (filter: Filter): Builder<Panel> =>
  rows(
    'Slow queries',
    'Queries that took longer than the slow query threshold of the collector (100 ms unless set), and the line that sends them',
    `SELECT f.service AS service, ${ENDPOINT} AS endpoint, f.query_text AS query,
    ${callSite('any(f.code_file_path)', 'any(f.code_line_number)')} AS call_site,
    sum(f.slow_requests) AS requests, max(f.duration_ns_max) / 1e6 AS max_ms, max(f.last_seen) AS last_seen,
    argMax(f.example_trace_ids, f.last_seen)[1] AS trace_id, ${pageId('any(f.fingerprint)')} AS query_id
FROM finding_minutely AS f FINAL
WHERE ${filter('minute')} AND f.slow_requests > 0
GROUP BY service, endpoint, query, f.finding_key
ORDER BY max_ms DESC
LIMIT 100`,
    {
      endpoint: [linksTo(endpointDashboardLink(), findingsLink(), queriesLink())],
      ...QUERY,
      max_ms: [unit('ms')],
      trace_id: [linksTo(traceLink())],
    },
  );

/** Everything that was found in one endpoint. */
export const findingsOfEndpoint = (filter: Filter): Builder<Panel> =>
  rows(
    'Findings',
    'Loops, slow queries and too many queries of this endpoint, by what a fix would save',
    `SELECT f.service AS service, ${ENDPOINT} AS endpoint,
    multiIf(sum(f.repeated_requests) > 0, 'loop', sum(f.slow_requests) > 0, 'slow query', 'many queries') AS finding,
    f.query_text AS query, ${callSite('any(f.code_file_path)', 'any(f.code_line_number)')} AS call_site,
    sum(f.repeated_requests + f.slow_requests + f.many_requests) AS requests, max(f.repeats_max) AS repeats_max,
    sum(f.saved_ns_sum) / 1e6 AS saved_ms, max(f.last_seen) AS last_seen,
    argMax(f.example_trace_ids, f.last_seen)[1] AS trace_id
FROM finding_minutely AS f FINAL
WHERE ${filter('minute')}
GROUP BY service, endpoint, query, f.finding_key
ORDER BY saved_ms DESC
LIMIT 100`,
    { query: [linksTo(findingsLink())], saved_ms: [unit('ms')], trace_id: [linksTo(traceLink())] },
  );
