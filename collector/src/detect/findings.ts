/**
 * Findings: the minutes' evidence of one key, added up when asked for. The key is service, endpoint, fingerprint and loop
 * path, so a query that is both repeated and slow is one finding, and it is the loop. What a finding is called, how much it
 * matters and whether it still stands are told here, from all its evidence.
 */
import {
  type FindingHistory,
  type FindingType,
  findingLifecycle,
  findingSeverity,
  findingType,
  type Lifecycle,
  type Severity,
} from '@profiler/analysis';
import type { Store } from '../store/store.ts';
import { endpointName } from './endpoint-name.ts';
import { type EvidenceRow, readEvidence } from './finding-evidence.ts';
import { readHistories } from './finding-history.ts';
import type { FindingState } from './finding-states.ts';
import { callSiteText, findingSummary } from './finding-summary.ts';
import { milliseconds } from './milliseconds.ts';

export interface FindingFilter {
  readonly service?: string | undefined;
  readonly environment?: string | undefined;
  readonly version?: string | undefined;
  /** `METHOD route`, or a route. */
  readonly endpoint?: string | undefined;
  /** Evidence from the minute of this time on, in milliseconds since the epoch. @default everything kept */
  readonly sinceMs?: number | undefined;
  /** Evidence before this time. @default now */
  readonly untilMs?: number | undefined;
  readonly states?: readonly FindingState[] | undefined;
  readonly types?: readonly string[] | undefined;
  readonly severities?: readonly string[] | undefined;
  /** 16 hex digits. */
  readonly key?: string | undefined;
  /** @default 100 */
  readonly limit?: number | undefined;
  /** Rows to leave out at the start. @default 0 */
  readonly offset?: number | undefined;
}

export interface Finding {
  /** 16 hex digits; so is `fingerprint`. */
  readonly key: string;
  readonly type: FindingType;
  readonly service: string;
  /** `METHOD route`. */
  readonly endpoint: string;
  readonly severity: Severity;
  /** `open` also when it was resolved and has been seen since; then `reopened` is true. */
  readonly state: FindingState;
  readonly reopened: boolean;
  /** Why it is resolved; `''` when it is not. */
  readonly resolvedBy: Lifecycle['resolvedBy'];
  /** The version that no longer shows it; `''` when not resolved by one. */
  readonly fixedVersion: string;
  /** One sentence. */
  readonly summary: string;
  /** Requests that showed it, within the time asked for. */
  readonly occurrences: number;
  /** Of all evidence that is kept, ISO 8601 in UTC. */
  readonly firstSeen: string;
  readonly lastSeen: string;
  readonly firstVersion: string;
  /** Zeros where it is of no one query. */
  readonly fingerprint: string;
  /** Normalised text; `METHOD url` of an outgoing HTTP call; `''` where it is of no one query. */
  readonly query: string;
  /** Names of the spans from below the entry span to the query's parent, joined by ` > `; `''` when flat. */
  readonly loopPath: string;
  /** Repeats in a request that showed it, or queries of `many_queries`. */
  readonly repeatsP50: number;
  readonly repeatsMax: number;
  readonly msPerRequest: number;
  /** What a fix would save of a request that showed it, at most. */
  readonly savedMsPerRequest: number;
  /** What it would have saved in all, within the time asked for; the order of the list. */
  readonly savedMs: number;
  /** `file:line`, and ` (function)` where it is known; `''` when unknown. */
  readonly callSite: string;
  /** Distinct values among the repeats; `null` when unknown. */
  readonly distinctValues: number | null;
  /** Latest minute's. */
  readonly exampleTraceIds: string[];
}

/** Heaviest first: by the time that a fix would have saved in all. */
export async function findings(store: Store, filter: FindingFilter = {}, nowMs = Date.now()): Promise<Finding[]> {
  const { states, types, severities, limit = 100, offset = 0 } = filter;
  let rows = (await readEvidence(store, filter, nowMs)).filter(
    (row) => (types?.includes(typeOf(row)) ?? true) && (severities?.includes(severityOf(row)) ?? true),
  );
  const page = <Item>(list: readonly Item[]) => list.slice(offset, offset + limit);
  // Most lists are not narrowed by state, and then only what is shown is looked up.
  if (states === undefined) rows = page(rows);
  const histories = await readHistories(store, rows);
  const judged = rows.map((row) => {
    const history = histories.get(row.key)!;
    return { row, history, lifecycle: findingLifecycle(history, nowMs) };
  });
  const chosen =
    states === undefined ? judged : page(judged.filter(({ lifecycle }) => states.includes(lifecycle.state)));
  return chosen.map(({ row, history, lifecycle }) => finding(row, history, lifecycle));
}

function typeOf(row: EvidenceRow): FindingType {
  return findingType({
    system: row.system,
    repeatedRequests: row.repeated_total,
    manyRequests: row.many_total,
    distinctValues: row.distinct_most,
  });
}

/** A slow query is judged by its share of the request alone: it need not repeat to matter. */
function severityOf(row: EvidenceRow): Severity {
  const requests = Math.max(row.request_total, 1);
  return findingSeverity({
    repeats: row.repeated_total + row.many_total > 0 ? row.repeats_p50 : Number.POSITIVE_INFINITY,
    queryNsPerRequest: row.query_ns / requests,
    requestNs: row.request_ns / requests,
  });
}

function finding(row: EvidenceRow, { seen }: FindingHistory, lifecycle: Lifecycle): Finding {
  const requests = Math.max(row.request_total, 1);
  const type = typeOf(row);
  const facts = {
    type,
    endpoint: endpointName(row.method, row.route),
    query: row.query,
    repeatsP50: Math.min(Math.round(row.repeats_p50), row.repeats_most),
    repeatsMax: row.repeats_most,
    msPerRequest: milliseconds(row.query_ns / requests),
    callSite: callSiteText(...row.call_site),
    distinctValues: row.distinct_most < 0 || row.repeated_total === 0 ? null : row.distinct_most,
  } as const;
  const first = seen[0];
  const lastSeenMs = Math.max(row.last_seen_ms, ...seen.map((span) => span.lastMs));
  return {
    key: row.key,
    service: row.service,
    severity: severityOf(row),
    ...lifecycle,
    summary: findingSummary({ ...facts, callMsMax: row.query_ns_most / 1e6 }),
    occurrences: type === 'slow_query' ? row.slow_total : type === 'many_queries' ? row.many_total : row.repeated_total,
    firstSeen: new Date(first?.firstMs ?? row.last_seen_ms).toISOString(),
    lastSeen: new Date(lastSeenMs).toISOString(),
    firstVersion: first?.version ?? '',
    fingerprint: row.fingerprint_hex,
    loopPath: row.loop_path,
    savedMsPerRequest: milliseconds(row.saved_ns / requests),
    savedMs: milliseconds(row.saved_ns),
    exampleTraceIds: row.traces,
    ...facts,
  };
}
