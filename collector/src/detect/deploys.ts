/**
 * Deploys: when a version of a service first answered in an environment. The first version ever seen is none, nor is one
 * that came back. A deploy belongs to the window in which it has most of the requests: one in the second half of a window
 * to the next.
 */
import type { EndpointSeries } from '@profiler/analysis';
import type { Store } from '../store/store.ts';

export interface Deploy {
  readonly version: string;
  readonly atMs: number;
}

/** By service and environment, oldest first. */
export type Deploys = (service: string, environment: string) => readonly Deploy[];

/** As far back as minutes are kept. */
export async function readDeploys(store: Store, untilMs: number): Promise<Deploys> {
  const rows = await store.query<{ service: string; environment: string; version: string; seconds: number }>(
    `SELECT service, environment, version, toUnixTimestamp(min(minute)) AS seconds
     FROM ${store.database}.endpoint_minutely
     WHERE version != '' AND minute < toDateTime({until:UInt32})
     GROUP BY service, environment, version
     ORDER BY seconds, version`,
    { until: untilMs / 1000 },
  );
  const known = new Map<string, Deploy[]>();
  for (const { service, environment, version, seconds } of rows) {
    const key = JSON.stringify([service, environment]);
    const deploys = known.get(key) ?? [];
    deploys.push({ version, atMs: seconds * 1000 });
    known.set(key, deploys);
  }
  for (const deploys of known.values()) deploys.shift();
  return (service, environment) => known.get(JSON.stringify([service, environment])) ?? [];
}

/** Marks the windows of a series that deploys belong to. */
export function markDeploys(series: EndpointSeries, deploys: readonly Deploy[]): void {
  for (const { atMs } of deploys) {
    const index = deployIndex(series, atMs);
    if (index >= 0 && index < series.length) series.deploys[index] = 1;
  }
}

/** The latest deploy that belongs to the window or to one of its neighbours. */
export function deployAt(series: EndpointSeries, index: number, deploys: readonly Deploy[]): Deploy | undefined {
  return deploys.findLast(({ atMs }) => Math.abs(deployIndex(series, atMs) - index) <= 1);
}

function deployIndex(series: EndpointSeries, atMs: number): number {
  return Math.round((atMs - series.startMs) / (series.windowMinutes * 60_000));
}
