import { DashboardBuilder, DashboardCursorSync } from '@grafana/grafana-foundation-sdk/dashboard';
import { type ClassicDashboard, classic } from './classic.ts';
import { deploys } from './deploys.ts';
import { numbers } from './endpoint-numbers.ts';
import { series } from './endpoint-series.ts';
import { endpoints, nPlusOnes, slowestRequests } from './endpoint-tables.ts';
import { placed } from './grid.ts';
import { variables } from './variables.ts';

/** Which endpoint is slow, since which deploy, and which query repeats in it. */
export function endpointsDashboard(): ClassicDashboard {
  const dashboard = new DashboardBuilder('Profiler / Endpoints')
    .uid('profiler-endpoints')
    .description('Rate, errors and duration of every endpoint, with N+1 queries and deploys')
    .tags(['profiler'])
    .time({ from: 'now-1h', to: 'now' })
    .refresh('30s')
    .timezone('browser')
    .tooltip(DashboardCursorSync.Crosshair)
    .variables(variables())
    .annotation(deploys());
  return classic(
    dashboard,
    placed([
      { heightUnits: 4, panels: numbers() },
      { heightUnits: 8, panels: series().slice(0, 3) },
      { heightUnits: 8, panels: series().slice(3) },
      { heightUnits: 10, panels: [endpoints()] },
      { heightUnits: 9, panels: [nPlusOnes()] },
      { heightUnits: 9, panels: [slowestRequests()] },
    ]),
  );
}
