import type { ClassicDashboard } from './classic.ts';
import { endpointsDashboard } from './endpoints-dashboard.ts';

/** Every dashboard, by the name of its file in `grafana/`. */
export const DASHBOARDS: Readonly<Record<string, () => ClassicDashboard>> = {
  'endpoints.json': endpointsDashboard,
};

/** The file's text. */
export function rendered(dashboard: ClassicDashboard): string {
  return `${JSON.stringify(dashboard, null, 2)}\n`;
}
