import type { Dashboard, DashboardBuilder, Panel } from '@grafana/grafana-foundation-sdk/dashboard';

/** A dashboard as every Grafana since 10 imports it (`schemaVersion` 42), not the newer resource format. */
export type ClassicDashboard = Omit<Dashboard, 'uid' | 'panels'> & { readonly uid: string; readonly panels: Panel[] };

/** The builder's dashboard with these panels, and without what the SDK adds on its own. */
export function classic(builder: DashboardBuilder, panels: Panel[]): ClassicDashboard {
  const dashboard = builder.build();
  // The SDK hides annotations in the controls menu; a deploy is what the reader came for.
  for (const annotation of dashboard.annotations?.list ?? []) delete (annotation as { placement?: unknown }).placement;
  if (!dashboard.uid) throw new Error(`dashboard "${dashboard.title}" has no uid, so that links to it would break`);
  return { ...dashboard, uid: dashboard.uid, panels };
}
