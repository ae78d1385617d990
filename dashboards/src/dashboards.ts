import type { ClassicDashboard } from './classic.ts';
import { collectorDashboard } from './collector-dashboard.ts';
import { endpointDashboard } from './endpoint-dashboard.ts';
import { exceptionsDashboard } from './exceptions-dashboard.ts';
import { overviewDashboard } from './overview-dashboard.ts';
import { queriesDashboard } from './queries-dashboard.ts';
import { regressionsDashboard } from './regressions-dashboard.ts';

/** Every dashboard, by the name of its file in `grafana/`. */
export const DASHBOARDS: Readonly<Record<string, () => ClassicDashboard>> = {
  'overview.json': overviewDashboard,
  'endpoint.json': endpointDashboard,
  'queries.json': queriesDashboard,
  'exceptions.json': exceptionsDashboard,
  'regressions.json': regressionsDashboard,
  'collector.json': collectorDashboard,
};

/** The file's text. */
export function rendered(dashboard: ClassicDashboard): string {
  return `${JSON.stringify(dashboard, null, 2)}\n`;
}
