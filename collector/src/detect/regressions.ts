/** The table `regressions`: an alert's row is written when it fires and again when it resolves. */
import type { QueryParams, Store } from '../store/store.ts';
import { endpointName } from './endpoint-name.ts';
import type { Evidence } from './evidence.ts';
import type { Regression, RegressionKind } from './regression.ts';

export interface RegressionFilter {
  readonly service?: string | undefined;
  readonly environment?: string | undefined;
  readonly version?: string | undefined;
  /** `METHOD route`, or a route. */
  readonly endpoint?: string | undefined;
  readonly state?: Regression['state'] | undefined;
  /** Alerts that fired at this time or later, or fire still, in milliseconds since the epoch. */
  readonly sinceMs?: number | undefined;
  /** Alerts that fired before this time. */
  readonly untilMs?: number | undefined;
  /** @default 100 */
  readonly limit?: number | undefined;
  /** Rows to leave out at the start. @default 0 */
  readonly offset?: number | undefined;
}

interface Row {
  key: string;
  kind: RegressionKind;
  rule: Regression['rule'];
  signal: Regression['signal'];
  baseline_until_s: number;
  evidence: string;
  state: Regression['state'];
  service: string;
  environment: string;
  method: string;
  route: string;
  baseline: number;
  current: number;
  change: number;
  baseline_requests: number;
  current_requests: number;
  version: string;
  explanation: string;
  window_start_s: number;
  window_minutes: number;
  started_at_ms: number;
  resolved_at_ms: number | null;
}

/** Newest first. */
export async function listRegressions(store: Store, filter: RegressionFilter = {}): Promise<Regression[]> {
  const conditions = ['1'];
  const params: Record<string, QueryParams[string]> = { limit: filter.limit ?? 100, offset: filter.offset ?? 0 };
  const where = (value: string | number | undefined, name: string, condition: string) => {
    if (value === undefined) return;
    conditions.push(condition);
    params[name] = value;
  };
  where(filter.service, 'service', 'service = {service:String}');
  where(filter.environment, 'environment', 'environment = {environment:String}');
  where(filter.version, 'version', 'version = {version:String}');
  where(filter.endpoint, 'endpoint', "(concat(method, ' ', route) = {endpoint:String} OR route = {endpoint:String})");
  where(filter.state, 'state', 'state = {state:String}');
  where(
    filter.sinceMs,
    'since',
    "(state = 'firing' OR started_at >= fromUnixTimestamp64Milli({since:Int64}) OR resolved_at >= fromUnixTimestamp64Milli({since:Int64}))",
  );
  where(filter.untilMs, 'until', 'started_at < fromUnixTimestamp64Milli({until:Int64})');
  return readRegressions(
    store,
    `${conditions.join(' AND ')} ORDER BY started_at DESC, key LIMIT {limit:UInt32} OFFSET {offset:UInt32}`,
    params,
  );
}

/** Alerts that fire; oldest first. */
export async function firingRegressions(store: Store): Promise<Regression[]> {
  return readRegressions(store, "state = 'firing' ORDER BY started_at, key", {});
}

/** The latest alerts of the rule `scan` with windows of this length: those that fire, and those that were resolved since. */
export async function latestScanAlerts(
  store: Store,
  windowMinutes: number,
  resolvedSinceMs: number,
): Promise<Regression[]> {
  return readRegressions(
    store,
    `rule = 'scan' AND window_minutes = {minutes:UInt16}
       AND (state = 'firing' OR resolved_at >= fromUnixTimestamp64Milli({since:Int64}))
     ORDER BY regressions.window_start, key`,
    { minutes: windowMinutes, since: resolvedSinceMs },
  );
}

/** Alerts that the window with this start resolved. */
export async function regressionsResolvedAt(store: Store, windowStartMs: number): Promise<Regression[]> {
  return readRegressions(
    store,
    "state = 'resolved' AND resolved_at = fromUnixTimestamp64Milli({resolvedAt:Int64}) ORDER BY started_at, key",
    { resolvedAt: windowStartMs },
  );
}

export async function recordRegressions(
  store: Store,
  regressions: readonly Regression[],
  nowMs: number,
): Promise<void> {
  const rows = regressions.map((regression) => ({
    key: regression.key,
    kind: regression.kind,
    rule: regression.rule,
    state: regression.state,
    service: regression.service,
    environment: regression.environment,
    method: regression.method,
    route: regression.route,
    baseline: regression.baseline,
    current: regression.current,
    change: regression.change,
    baseline_requests: regression.baselineRequests,
    current_requests: regression.currentRequests,
    version: regression.version,
    explanation: regression.explanation,
    signal: regression.signal,
    baseline_until: regression.baselineUntil,
    evidence: regression.evidence === null ? '' : JSON.stringify(regression.evidence),
    window_start: regression.windowStart,
    window_minutes: regression.windowMinutes,
    started_at: regression.startedAt,
    resolved_at: regression.resolvedAt,
    updated_at: new Date(nowMs).toISOString(),
  }));
  if (rows.length > 0) await store.insertRows('regressions', rows);
}

async function readRegressions(store: Store, where: string, params: QueryParams): Promise<Regression[]> {
  const rows = await store.query<Row>(
    `SELECT key, kind, rule, state, service, environment, method, route, baseline, current, change,
       baseline_requests, current_requests, version, explanation, signal, evidence,
       toUnixTimestamp(baseline_until) AS baseline_until_s,
       toUnixTimestamp(window_start) AS window_start_s, window_minutes,
       toUnixTimestamp64Milli(started_at) AS started_at_ms, toUnixTimestamp64Milli(resolved_at) AS resolved_at_ms
     FROM ${store.database}.regressions FINAL
     WHERE ${where}`,
    params,
  );
  return rows.map((row) => ({
    key: row.key,
    kind: row.kind,
    rule: row.rule,
    state: row.state,
    service: row.service,
    environment: row.environment,
    method: row.method,
    route: row.route,
    endpoint: endpointName(row.method, row.route),
    baseline: row.baseline,
    current: row.current,
    change: row.change,
    baselineRequests: row.baseline_requests,
    currentRequests: row.current_requests,
    version: row.version,
    explanation: row.explanation,
    signal: row.signal,
    baselineUntil: new Date(row.baseline_until_s * 1000).toISOString(),
    evidence: row.evidence === '' ? null : (JSON.parse(row.evidence) as Evidence),
    windowStart: new Date(row.window_start_s * 1000).toISOString(),
    windowMinutes: row.window_minutes,
    startedAt: new Date(row.started_at_ms).toISOString(),
    resolvedAt: row.resolved_at_ms === null ? null : new Date(row.resolved_at_ms).toISOString(),
  }));
}
