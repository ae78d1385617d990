/**
 * The verdict of `profiler ci`: an endpoint has grown when a request makes more queries than in the baseline, beyond a
 * tolerance, or has an N+1 that the baseline does not have.
 *
 *     baseline  GET /orders    2.0 queries a request
 *     current   GET /orders    8.0 queries a request, 7 times SELECT ... WHERE order_id = ?     grown, twice over
 *
 * - An average of few requests depends on which they were, so it may differ by {@link Tolerance}. An N+1 may not: one
 *   request shows it, whatever the others did.
 * - How often a known N+1 repeats depends on the data, and shows in the queries of a request; it is no new N+1.
 * - An N+1 is the same when its key is, or else its statement: a renamed function, or a newer instrumentation, changes the path of
 *   spans to it, and with that the key.
 * - An endpoint that the baseline does not know has nothing to grow from, but its N+1s are new.
 */
import type { EndpointSnapshot, NPlusOne, Snapshot } from './snapshot.ts';

/** How much more is not yet growth: whichever of the two allows more. */
export interface Tolerance {
  /** Queries a request. */
  readonly queries: number;
  /** Fraction of the baseline's queries a request. */
  readonly share: number;
  /** With fewer requests, on either side, the queries of a request are not compared. */
  readonly requestsMin: number;
}

export type Verdict = 'grown' | 'new' | 'same' | 'fewer' | 'not_compared';

export interface EndpointComparison {
  readonly service: string;
  /** `METHOD route`. */
  readonly endpoint: string;
  /** `new`: the baseline does not know it. `not_compared`: too few requests. A new N+1 makes it `grown` in any case. */
  readonly verdict: Verdict;
  readonly moreQueries: boolean;
  readonly newNPlusOnes: readonly NPlusOne[];
  readonly baseline: EndpointSnapshot | undefined;
  readonly current: EndpointSnapshot;
}

export interface Comparison {
  /** Grown ones first, then by service and endpoint. */
  readonly endpoints: readonly EndpointComparison[];
  /** Endpoints of the baseline that got no request. */
  readonly notExercised: readonly EndpointSnapshot[];
}

export function compare(baseline: Snapshot, current: Snapshot, tolerance: Tolerance): Comparison {
  const known = new Map(baseline.endpoints.map((each) => [nameOf(each), each]));
  const endpoints = current.endpoints.map((each) => compareEndpoint(known.get(nameOf(each)), each, tolerance));
  const exercised = new Set(current.endpoints.map(nameOf));
  return {
    endpoints: endpoints.sort((a, b) => rank(a) - rank(b) || (nameOf(a) < nameOf(b) ? -1 : 1)),
    notExercised: baseline.endpoints.filter((each) => !exercised.has(nameOf(each))),
  };
}

function compareEndpoint(
  baseline: EndpointSnapshot | undefined,
  current: EndpointSnapshot,
  tolerance: Tolerance,
): EndpointComparison {
  const { service, endpoint } = current;
  const newNPlusOnes = unknownTo(baseline?.nPlusOnes ?? [], current.nPlusOnes);
  const { requestsMin } = tolerance;
  const comparable = baseline !== undefined && Math.min(baseline.requests, current.requests) >= requestsMin;
  const change = comparable ? current.queriesPerRequest - baseline.queriesPerRequest : 0;
  const allowed = Math.max(tolerance.queries, tolerance.share * (baseline?.queriesPerRequest ?? 0));
  const moreQueries = change > allowed;
  const grown = moreQueries || newNPlusOnes.length > 0;
  const fewer = change < -allowed;
  const unchanged = baseline === undefined ? 'new' : !comparable ? 'not_compared' : fewer ? 'fewer' : 'same';
  return { service, endpoint, verdict: grown ? 'grown' : unchanged, moreQueries, newNPlusOnes, baseline, current };
}

/** Each of the baseline's accounts for one of the current ones. */
function unknownTo(baseline: readonly NPlusOne[], current: readonly NPlusOne[]): NPlusOne[] {
  const keys = new Set(current.map(({ key }) => key));
  const knownKeys = new Set(baseline.map(({ key }) => key));
  const moved = baseline.filter(({ key }) => !keys.has(key)).map(({ fingerprint }) => fingerprint);
  return current.filter(({ key, fingerprint }) => {
    if (knownKeys.has(key)) return false;
    const at = moved.indexOf(fingerprint);
    if (at < 0) return true;
    moved.splice(at, 1);
    return false;
  });
}

function rank({ verdict }: EndpointComparison): number {
  return verdict === 'grown' ? 0 : 1;
}

function nameOf({ service, endpoint }: { service: string; endpoint: string }): string {
  return `${service}\n${endpoint}`;
}
