/** The rule `scan` on one window: every endpoint's series, what opens, what is over. Reads rollups, records nothing. */
import {
  advanceAlert,
  CURRENT_WINDOWS_MAX,
  EndpointView,
  hash64,
  SCAN_OPTIONS,
  type ScanAlert,
  type ScanKind,
  type StepVerdict,
} from '@profiler/analysis';
import type { Store } from '../store/store.ts';
import { type Deploy, type Deploys, deployAt, markDeploys, readDeploys } from './deploys.ts';
import { endpointName } from './endpoint-name.ts';
import { type IdentifiedSeries, nameOf, readSeries, readSeriesOf } from './endpoint-series.ts';
import { windowsCompared } from './endpoint-windows.ts';
import type { Regression } from './regression.ts';
import { latestScanAlerts } from './regressions.ts';
import type { Window } from './window.ts';

export interface ScanResult {
  readonly opened: readonly OpenedByScan[];
  readonly kept: readonly Regression[];
  readonly resolved: readonly Regression[];
}

/** An alert, with what its evidence is read by. */
export interface OpenedByScan {
  readonly regression: Regression;
  readonly verdict: StepVerdict;
  readonly deploy: Deploy | undefined;
}

const KINDS: readonly ScanKind[] = ['response_time', 'error_rate'];

export async function scanWindow(store: Store, window: Window): Promise<ScanResult> {
  const lengthMs = window.endMs - window.startMs;
  const latest = await latestScanAlerts(store, window.minutes, window.startMs - CURRENT_WINDOWS_MAX * lengthMs);
  const alerts = new Map(latest.map((alert) => [`${alert.kind} ${nameOf(alert)}`, alert]));
  const deploys = await readDeploys(store, window.endMs);
  const result = { opened: [] as OpenedByScan[], kept: [] as Regression[], resolved: [] as Regression[] };
  const judged = new Set<string>();
  const windows = windowsCompared(window.minutes);
  // What fires is compared with the baseline that it fired with, which may lie further back.
  const firing = latest.filter(({ state }) => state === 'firing');
  if (firing.length > 0) {
    for (const one of await readSeriesOf(store, window, 2 * windows, firing)) {
      judgeEndpoint(
        one,
        KINDS.filter((kind) => alerts.get(`${kind} ${nameOf(one)}`)?.state === 'firing'),
      );
    }
  }
  for await (const portion of readSeries(store, window, windows)) {
    for (const one of portion) {
      judgeEndpoint(
        one,
        KINDS.filter((kind) => alerts.get(`${kind} ${nameOf(one)}`)?.state !== 'firing'),
      );
    }
  }
  // An endpoint that has no row any more: its alert stays.
  for (const alert of firing) if (!judged.has(`${alert.kind} ${nameOf(alert)}`)) result.kept.push(alert);
  return result;

  function judgeEndpoint(one: IdentifiedSeries, kinds: readonly ScanKind[]): void {
    if (kinds.length === 0) return;
    const ofService = deploys(one.service, one.environment);
    markDeploys(one.series, ofService);
    const view = new EndpointView(one.series);
    for (const kind of kinds) {
      const known = alerts.get(`${kind} ${nameOf(one)}`);
      judged.add(`${kind} ${nameOf(one)}`);
      const end = one.series.length - 1;
      const { change, verdict, alert } = advanceAlert(view, kind, end, known && asAlert(known), SCAN_OPTIONS);
      if (change === 'opened') result.opened.push(openedBy(one, kind, verdict!, alert!, window, ofService));
      else if (change === 'resolved') {
        result.resolved.push({ ...known!, state: 'resolved', resolvedAt: new Date(alert!.resolvedMs!).toISOString() });
      } else if (known?.state === 'firing') result.kept.push(known);
    }
  }
}

function openedBy(
  { series, ...identity }: IdentifiedSeries,
  kind: ScanKind,
  verdict: StepVerdict,
  alert: ScanAlert,
  window: Window,
  deploys: ReturnType<Deploys>,
): OpenedByScan {
  const lengthMs = window.endMs - window.startMs;
  const windowStart = new Date(window.startMs).toISOString();
  const { service, environment, method, route } = identity;
  const deploy = deployAt(series, verdict.onset, deploys);
  const scale = kind === 'response_time' ? 1e6 : 1;
  const regression: Regression = {
    key: hash64(JSON.stringify([kind, 'scan', service, environment, method, route, windowStart, window.minutes])).hex,
    kind,
    rule: 'scan',
    signal: verdict.signal,
    state: 'firing',
    ...identity,
    endpoint: endpointName(method, route),
    baseline: verdict.baseline / scale,
    current: verdict.current / scale,
    change: verdict.change,
    baselineRequests: verdict.baselineRequests,
    currentRequests: verdict.requests,
    version: deploy?.version ?? '',
    explanation: '',
    windowStart,
    windowMinutes: window.minutes,
    startedAt: new Date(series.startMs + verdict.onset * lengthMs).toISOString(),
    baselineUntil: new Date(alert.baselineUntilMs).toISOString(),
    evidence: null,
    resolvedAt: null,
  };
  return { regression, verdict, deploy };
}

/** What the rule remembers of an alert, from its row. */
export function asAlert(row: Regression): ScanAlert {
  return {
    kind: row.kind,
    signal: row.signal === 'average' ? 'typical' : row.signal,
    firedMs: Date.parse(row.windowStart),
    baselineUntilMs: Date.parse(row.baselineUntil),
    change: row.change,
    resolvedMs: row.resolvedAt === null ? null : Date.parse(row.resolvedAt),
  };
}
