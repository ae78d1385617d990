import type { FindingHistory } from '@profiler/analysis';
import type { Store } from '../store/store.ts';
import { readEvidence } from './finding-evidence.ts';
import { readHistories } from './finding-history.ts';
import { type Finding, findings } from './findings.ts';
import { milliseconds } from './milliseconds.ts';

export interface FindingDetail extends Finding {
  readonly days: readonly { readonly time: string; readonly occurrences: number; readonly savedMs: number }[];
  readonly versions: readonly {
    readonly version: string;
    readonly requests: number;
    readonly occurrences: number;
    readonly firstSeen: string | null;
    readonly lastSeen: string | null;
  }[];
}

/**
 * A finding with all that is kept of when, and in which versions, it was seen; undefined when there is none.
 * @param key 16 hex digits
 */
export async function findingDetail(store: Store, key: string, nowMs: number): Promise<FindingDetail | undefined> {
  const [finding] = await findings(store, { key }, nowMs);
  const [row] = await readEvidence(store, { key }, nowMs);
  if (finding === undefined || row === undefined) return undefined;
  const [histories, days] = await Promise.all([readHistories(store, [row]), readDays(store, key, finding.service)]);
  return { ...finding, days, versions: versionsOf(histories.get(key)!) };
}

/** At most as many as days in the 13 months that evidence is kept. */
async function readDays(store: Store, key: string, service: string) {
  const days = await store.query<{ startMs: number; occurrences: number; saved_ns: number }>(
    `SELECT toUnixTimestamp(toStartOfDay(minute, 'UTC')) * 1000 AS startMs,
       sum(greatest(repeated_requests, slow_requests, many_requests)) AS occurrences, toFloat64(sum(saved_ns_sum)) AS saved_ns
     FROM ${store.database}.finding_minutely FINAL
     WHERE service = {service:String} AND finding_key = reinterpretAsUInt64(reverse(unhex({key:String})))
     GROUP BY startMs HAVING occurrences > 0 ORDER BY startMs`,
    { key, service },
  );
  return days.map(({ startMs, occurrences, saved_ns }) => ({
    time: new Date(startMs).toISOString(),
    occurrences,
    savedMs: milliseconds(saved_ns),
  }));
}

function versionsOf({ seen, served }: FindingHistory): FindingDetail['versions'] {
  const names = new Set([...seen, ...served].sort((a, b) => a.firstMs - b.firstMs).map(({ version }) => version));
  return [...names].map((version) => {
    const shown = seen.find((span) => span.version === version);
    return {
      version,
      requests: served.find((span) => span.version === version)?.requests ?? 0,
      occurrences: shown?.requests ?? 0,
      firstSeen: shown === undefined ? null : new Date(shown.firstMs).toISOString(),
      lastSeen: shown === undefined ? null : new Date(shown.lastMs).toISOString(),
    };
  });
}
