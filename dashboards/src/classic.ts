import {
  type Dashboard,
  DashboardBuilder,
  DashboardCursorSync,
  DashboardLinkBuilder,
  DashboardLinkType,
  type Panel,
} from '@grafana/grafana-foundation-sdk/dashboard';

/** A dashboard as every Grafana since 10 imports it (`schemaVersion` 42), not the newer resource format. */
export type ClassicDashboard = Omit<Dashboard, 'uid' | 'panels'> & { readonly uid: string; readonly panels: Panel[] };

const TAG = 'profiler';

/** What all of ours have in common: the last hour, refreshing, one crosshair, and a menu of the others. */
export const dashboard = (name: string, title: string, description: string): DashboardBuilder =>
  new DashboardBuilder(`Profiler / ${title}`)
    .uid(`profiler-${name}`)
    .description(description)
    .tags([TAG])
    .time({ from: 'now-1h', to: 'now' })
    .refresh('30s')
    .timezone('browser')
    .tooltip(DashboardCursorSync.Crosshair)
    .link(
      new DashboardLinkBuilder('Profiler')
        .type(DashboardLinkType.Dashboards)
        .tags([TAG])
        .asDropdown(true)
        .includeVars(true)
        .keepTime(true),
    );

/** The builder's dashboard with these panels, and without what the SDK adds on its own. */
export function classic(builder: DashboardBuilder, panels: Panel[]): ClassicDashboard {
  const built = builder.build();
  // The SDK hides annotations and links in the controls menu; a deploy is what the reader came for.
  for (const shown of [...(built.annotations?.list ?? []), ...(built.links ?? [])]) {
    delete (shown as { placement?: unknown }).placement;
  }
  if (!built.uid) throw new Error(`dashboard "${built.title}" has no uid, so that links to it would break`);
  return { ...built, uid: built.uid, panels };
}
