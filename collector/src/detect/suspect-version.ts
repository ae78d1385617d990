import type { Store } from '../store/store.ts';
import type { WindowPair } from './window-pair.ts';

/** The version that a regression is put down to. */
export interface Suspect {
  /** `''` when the app names none. */
  readonly version: string;
  /** Whether it answered in the window and not in the one before. */
  readonly isNew: boolean;
}

/** When a version was first seen, in milliseconds since the epoch; `undefined` when it is not known. */
export type FirstSeen = (service: string, environment: string, version: string) => number | undefined;

/**
 * A version that is in the window and was not in its baseline; where there are several, or none, the one among the
 * endpoint's versions that was first seen last.
 */
export function suspectVersion(pair: WindowPair, firstSeenMs: FirstSeen): Suspect {
  const known = new Set(pair.baselineVersions);
  const fresh = pair.currentVersions.filter((version) => !known.has(version));
  const candidates = fresh.length > 0 ? fresh : pair.currentVersions;
  const since = (version: string) => firstSeenMs(pair.service, pair.environment, version) ?? 0;
  const version = [...candidates].sort((a, b) => since(a) - since(b) || (a < b ? -1 : 1)).at(-1) ?? '';
  return { version, isNew: fresh.length > 0 };
}

/** Reads what {@link suspectVersion} needs to know of some services, as far back as minutes are kept. */
export async function readFirstSeen(store: Store, services: readonly string[]): Promise<FirstSeen> {
  const times = new Map<string, number>();
  if (services.length > 0) {
    const rows = await store.query<{ service: string; environment: string; version: string; seconds: number }>(
      `SELECT service, environment, version, toUnixTimestamp(min(minute)) AS seconds
       FROM ${store.database}.endpoint_minutely
       WHERE service IN {services:Array(String)} AND version != ''
       GROUP BY service, environment, version`,
      { services },
    );
    for (const { service, environment, version, seconds } of rows) {
      times.set(JSON.stringify([service, environment, version]), seconds * 1000);
    }
  }
  return (...version) => times.get(JSON.stringify(version));
}
