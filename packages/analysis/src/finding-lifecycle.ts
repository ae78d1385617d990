export type FindingState = 'open' | 'acknowledged' | 'ignored' | 'resolved';

/** What is known of one finding over all the time that evidence is kept. Times are milliseconds since the epoch. */
export interface FindingHistory {
  /** What a person decided last; undefined: nothing. */
  readonly decided: { readonly state: FindingState; readonly atMs: number } | undefined;
  /** Requests that showed it, by version. */
  readonly seen: readonly VersionSpan[];
  /** All requests of its endpoint, by version. */
  readonly served: readonly VersionSpan[];
  /** Days (since the epoch) on which it was seen, ascending. */
  readonly seenDays: readonly number[];
}

export interface VersionSpan {
  /** '' when unknown. */
  readonly version: string;
  readonly requests: number;
  readonly firstMs: number;
  readonly lastMs: number;
}

export interface Lifecycle {
  readonly state: FindingState;
  /** It was resolved and has been seen since, and nobody has decided anything since. */
  readonly reopened: boolean;
  /** Why it is resolved; '' when it is not. */
  readonly resolvedBy: '' | 'person' | 'absence' | 'version';
  /** The version that no longer shows it; '' when not resolved by one. */
  readonly fixedVersion: string;
}

const DAY_MS = 86_400_000;
/** What is not seen for so long is taken to be gone. */
const ABSENT_DAYS = 7;
/** A version that no longer shows a finding must have served this long after it was last seen: others may still be running. */
const SERVED_AFTER_MS = 5 * 60_000;
const CLEAN_REQUESTS_MIN = 20;

/**
 * The state of a finding, from its evidence alone, so that it comes out the same whoever asks and whatever restarted:
 *
 *     ignored                     stays so, however often it is seen
 *     resolved by a person        until it is seen again
 *     resolved by a version       the newest version has served enough requests without it
 *     resolved by absence         not seen for seven days
 *     reopened                    seen after any of these
 *
 * Enough are the requests of which one would have shown it with 95 % probability, at the rate at which they did before
 * (the rule of three), and at least 20.
 */
export function findingLifecycle(history: FindingHistory, nowMs: number): Lifecycle {
  const { decided, seen } = history;
  const open = { state: 'open', reopened: false, resolvedBy: '', fixedVersion: '' } as const;
  if (decided?.state === 'ignored') return { ...open, state: 'ignored' };
  const lastSeenMs = Math.max(0, ...seen.map((span) => span.lastMs));
  if (decided?.state === 'resolved' && lastSeenMs <= decided.atMs) {
    return { ...open, state: 'resolved', resolvedBy: 'person' };
  }
  // What a person reopened is not closed by what was known then.
  const isHeldOpen =
    decided?.state === 'open' && decided.atMs > lastSeenMs && nowMs - decided.atMs < ABSENT_DAYS * DAY_MS;
  if (!isHeldOpen) {
    const fixedVersion = fixedBy(history, lastSeenMs);
    if (fixedVersion !== '') return { ...open, state: 'resolved', resolvedBy: 'version', fixedVersion };
    if (nowMs - lastSeenMs >= ABSENT_DAYS * DAY_MS) return { ...open, state: 'resolved', resolvedBy: 'absence' };
  }
  const reopenedMs = reopenedAt(history, lastSeenMs);
  if (
    reopenedMs !== undefined &&
    !(decided !== undefined && decided.state !== 'resolved' && decided.atMs >= reopenedMs)
  ) {
    return { ...open, reopened: true };
  }
  return decided?.state === 'acknowledged' ? { ...open, state: 'acknowledged' } : open;
}

/** The newest version, when it is clean and has served for a while since. */
function fixedBy(history: FindingHistory, lastSeenMs: number): string {
  const newest = history.served.reduce<VersionSpan | undefined>(
    (found, span) => (found === undefined || span.firstMs > found.firstMs ? span : found),
    undefined,
  );
  if (newest === undefined || !isClean(newest, history)) return '';
  return newest.lastMs - lastSeenMs >= SERVED_AFTER_MS ? newest.version : '';
}

/** Whether a version served enough requests without showing the finding, which an earlier one did show. */
function isClean(version: VersionSpan, { seen, served }: FindingHistory): boolean {
  if (version.version === '' || seen.some((span) => span.version === version.version)) return false;
  const shown = seen.filter((span) => span.version !== '' && span.firstMs <= version.firstMs);
  if (shown.length === 0) return false;
  const names = new Set(shown.map((span) => span.version));
  const occurrences = sum(shown);
  const requests = Math.max(occurrences, sum(served.filter((span) => names.has(span.version))));
  return version.requests >= Math.max(CLEAN_REQUESTS_MIN, Math.ceil((3 * requests) / occurrences));
}

/** When it was first seen again after it had been resolved; undefined: it never was. */
function reopenedAt(history: FindingHistory, lastSeenMs: number): number | undefined {
  const { decided, seen, served, seenDays } = history;
  const moments: number[] = [];
  if (decided?.state === 'resolved' && lastSeenMs > decided.atMs) moments.push(lastSeenMs);
  for (let at = 1; at < seenDays.length; at++) {
    if (seenDays[at]! - seenDays[at - 1]! > ABSENT_DAYS) moments.push(seenDays[at]! * DAY_MS);
  }
  for (const clean of served.filter((span) => isClean(span, history))) {
    for (const again of seen) {
      const since = served.find((span) => span.version === again.version)?.firstMs ?? again.firstMs;
      if (since > clean.firstMs) moments.push(again.firstMs);
    }
  }
  return moments.length === 0 ? undefined : Math.max(...moments);
}

function sum(spans: readonly VersionSpan[]): number {
  return spans.reduce((total, span) => total + span.requests, 0);
}
