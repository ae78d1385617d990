import type { Builder } from '@grafana/grafana-foundation-sdk/cog';
import type { Panel } from '@grafana/grafana-foundation-sdk/dashboard';
import { chart } from './chart-panel.ts';
import { type ClassicDashboard, classic, dashboard } from './classic.ts';
import { ENDPOINT, QUANTILES } from './columns.ts';
import { placed } from './grid.ts';
import { ENDPOINT_PAGE, endpointDashboardLink, pageLink, regressionsLink } from './links.ts';
import { deploys, regressionMarks } from './marks.ts';
import { stat } from './stat-panel.ts';
import { hidden, linksTo, rows, unit } from './table-panel.ts';
import { chosen, filterBy, variables } from './variables.ts';

const NAMES = ['service', 'environment', 'endpoint'] as const;
const filter = filterBy(...NAMES);
const WHATEVER_THE_TIME = NAMES.map(chosen).join(' AND ');

/** What got slower or fails more, since when, by how much, and why that is no noise. */
export function regressionsDashboard(): ClassicDashboard {
  return classic(
    dashboard('regressions', 'Regressions', 'What got slower or fails more, since when, and why')
      .variables(variables(...NAMES))
      .annotation(deploys())
      .annotation(regressionMarks(...NAMES)),
    placed([
      { heightUnits: 4, panels: numbers() },
      { heightUnits: 10, panels: [firing()] },
      { heightUnits: 9, panels: charts() },
      { heightUnits: 9, panels: [history()] },
    ]),
  );
}

const numbers = (): Builder<Panel>[] => [
  stat(
    'Firing now',
    'short',
    { orange: 1 },
    `SELECT countIf(state = 'firing') AS firing FROM regressions FINAL WHERE ${WHATEVER_THE_TIME}`,
  ),
  stat(
    'Begun in the time range',
    'short',
    { orange: 1 },
    `SELECT count() AS begun FROM regressions FINAL WHERE ${filter('started_at')}`,
  ),
  stat(
    'Over in the time range',
    'short',
    {},
    `SELECT countIf(state = 'resolved') AS resolved FROM regressions FINAL WHERE ${filter('resolved_at')}`,
  ),
];

const TABLE = `SELECT service, ${ENDPOINT} AS endpoint, environment, kind, rule, version, state, round(change, 2) AS change_factor,
    baseline, current, started_at, resolved_at, explanation, ${ENDPOINT_PAGE} AS page
FROM regressions FINAL`;

const COLUMNS = {
  endpoint: [linksTo(endpointDashboardLink(), pageLink(), regressionsLink())],
  change_factor: [unit('short')],
  page: hidden(),
};

const firing = (): Builder<Panel> =>
  rows(
    'Firing',
    'Whenever it began. Baseline and current are milliseconds for response_time, fractions for error_rate.',
    `${TABLE}
WHERE state = 'firing' AND ${WHATEVER_THE_TIME}
ORDER BY started_at DESC
LIMIT 100`,
    COLUMNS,
  );

const history = (): Builder<Panel> =>
  rows(
    'Begun in this time range',
    'Firing ones and those that are over, the newest first',
    `${TABLE}
WHERE ${filter('started_at')}
ORDER BY started_at DESC
LIMIT 200`,
    COLUMNS,
  );

/** Endpoints that regressed, at whatever time. */
const REGRESSED = `(service, method, route) IN (SELECT service, method, route FROM regressions FINAL WHERE ${WHATEVER_THE_TIME} ORDER BY started_at DESC LIMIT 20)`;

const charts = (): Builder<Panel>[] => [
  chart(
    'p95 of the endpoints that regressed',
    'ms',
    'The twenty newest regressions',
    `SELECT $__timeInterval(minute) AS time, ${ENDPOINT} AS endpoint, ${QUANTILES}[2] / 1e6 AS p95
FROM endpoint_minutely WHERE ${filter('minute')} AND ${REGRESSED}
GROUP BY time, endpoint ORDER BY time`,
  ),
  chart(
    'Error rate of the endpoints that regressed',
    'percentunit',
    'The twenty newest regressions',
    `SELECT $__timeInterval(minute) AS time, ${ENDPOINT} AS endpoint, sum(errors) / sum(requests) AS error_rate
FROM endpoint_minutely WHERE ${filter('minute')} AND ${REGRESSED}
GROUP BY time, endpoint ORDER BY time`,
  ),
];
