import type { Builder } from '@grafana/grafana-foundation-sdk/cog';
import type { Panel } from '@grafana/grafana-foundation-sdk/dashboard';
import { chart } from './chart-panel.ts';
import { type ClassicDashboard, classic, dashboard } from './classic.ts';
import { ENDPOINT } from './columns.ts';
import { placed } from './grid.ts';
import { endpointDashboardLink, exceptionLink, exceptionsLink, pageId, requestsLink, traceLink } from './links.ts';
import { deploys } from './marks.ts';
import { failedRequests } from './request-tables.ts';
import { stat } from './stat-panel.ts';
import { hidden, linksTo, rows } from './table-panel.ts';
import { filterBy, variables } from './variables.ts';

const filter = filterBy('service', 'environment', 'version', 'endpoint');

/** What fails, where, since which version, with the stack. */
export function exceptionsDashboard(): ClassicDashboard {
  return classic(
    dashboard('exceptions', 'Exceptions', 'What fails, where, and since which version')
      .variables(variables('service', 'environment', 'version', 'endpoint'))
      .annotation(deploys()),
    placed([
      { heightUnits: 4, panels: numbers() },
      { heightUnits: 8, panels: charts() },
      { heightUnits: 10, panels: [groups()] },
      { heightUnits: 8, panels: [byVersion(), latest()] },
      { heightUnits: 8, panels: [failedRequests(filter)] },
    ]),
  );
}

const numbers = (): Builder<Panel>[] => [
  stat(
    'Exceptions',
    'short',
    { orange: 1 },
    `SELECT count() AS exceptions FROM exceptions FINAL WHERE ${filter('timestamp')}`,
  ),
  stat(
    'Kinds of exception',
    'short',
    { orange: 1 },
    `SELECT uniqExact(exception_key) AS kinds FROM exceptions WHERE ${filter('timestamp')}`,
  ),
  stat(
    'New kinds',
    'short',
    { orange: 1 },
    `SELECT count() AS new_kinds FROM
(
    SELECT exception_key, min(timestamp) AS first_seen FROM exceptions
    WHERE exception_key IN (SELECT exception_key FROM exceptions WHERE ${filter('timestamp')})
    GROUP BY exception_key
)
WHERE $__timeFilter(first_seen)`,
  ),
  stat(
    'Requests that failed',
    'short',
    { orange: 1 },
    `SELECT sum(errors) AS failed FROM endpoint_minutely WHERE ${filter('minute')}`,
  ),
];

const charts = (): Builder<Panel>[] => [
  chart(
    'Exceptions by type',
    'short',
    'Once for each request, however often it was recorded on the way up',
    `SELECT $__timeInterval(timestamp) AS time, exception_type AS type, count() AS exceptions
FROM exceptions FINAL WHERE ${filter('timestamp')}
GROUP BY time, type ORDER BY time`,
  ),
  chart(
    'Exceptions by endpoint',
    'short',
    'Outside of a request the endpoint is empty',
    `SELECT $__timeInterval(timestamp) AS time, ${ENDPOINT} AS endpoint, count() AS exceptions
FROM exceptions FINAL WHERE ${filter('timestamp')}
GROUP BY time, endpoint ORDER BY time`,
  ),
];

const groups = (): Builder<Panel> =>
  rows(
    'Exceptions by kind',
    'By type and message, the most frequent first; first seen in all 90 days that exceptions are kept',
    `SELECT g.service AS service, any(${ENDPOINT}) AS endpoint, g.exception_type AS type, any(g.exception_message) AS message,
    count() AS exceptions, uniqExact(g.version) AS versions, any(f.first_seen) AS first_seen, max(g.timestamp) AS last_seen,
    argMax(g.trace_id, g.timestamp) AS trace_id, ${pageId('exception_key')} AS exception_id
FROM (SELECT * FROM exceptions FINAL WHERE ${filter('timestamp')}) AS g
LEFT JOIN (SELECT exception_key, min(timestamp) AS first_seen FROM exceptions GROUP BY exception_key) AS f USING (exception_key)
GROUP BY service, type, exception_key
ORDER BY exceptions DESC
LIMIT 200`,
    {
      endpoint: [linksTo(endpointDashboardLink(), requestsLink())],
      type: [linksTo(exceptionLink())],
      trace_id: [linksTo(traceLink())],
      exception_id: hidden(),
    },
  );

const byVersion = (): Builder<Panel> =>
  rows(
    'Exceptions by version',
    'A kind that only the newest version has came with it',
    `SELECT service, version, exception_type AS type, count() AS exceptions, min(timestamp) AS first_seen
FROM exceptions FINAL WHERE ${filter('timestamp')}
GROUP BY service, version, type
ORDER BY first_seen DESC
LIMIT 100`,
    { type: [linksTo(exceptionsLink())] },
  );

const latest = (): Builder<Panel> =>
  rows(
    'Latest stacks',
    'The newest exceptions with their stack traces',
    `SELECT timestamp AS time, exception_type AS type, exception_message AS message, exception_stacktrace AS stack, trace_id,
    ${pageId('exception_key')} AS exception_id
FROM exceptions FINAL WHERE ${filter('timestamp')}
ORDER BY timestamp DESC
LIMIT 50`,
    { type: [linksTo(exceptionLink())], trace_id: [linksTo(traceLink())], exception_id: hidden() },
  );
