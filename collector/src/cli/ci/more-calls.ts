import type { EndpointComparison } from './gate.ts';
import type { QueryCalls } from './snapshot.ts';

/** A statement that a request makes more often than before. */
export interface MoreCalls extends QueryCalls {
  /** 0 when it is new. */
  readonly baselineCallsPerRequest: number;
  /** `file:line (function)`; `''` when unknown: only of what repeats is it captured. */
  readonly callSite: string;
}

const LISTED_MAX = 5;
/** Less is the mix of requests. */
const DIFFERENCE_MIN = 0.05;

/** Which statements an endpoint's growth is made of, the most first; its new N+1s, which are told anyway, are left out. */
export function moreCalls(
  { newNPlusOnes, current: { nPlusOnes } }: EndpointComparison,
  baseline: readonly QueryCalls[],
  current: readonly QueryCalls[],
): MoreCalls[] {
  const before = new Map(baseline.map(({ fingerprint, callsPerRequest }) => [fingerprint, callsPerRequest]));
  const told = new Set(newNPlusOnes.map(({ fingerprint }) => fingerprint));
  const sites = new Map(nPlusOnes.map(({ fingerprint, callSite }) => [fingerprint, callSite]));
  return current
    .map((query) => ({
      ...query,
      baselineCallsPerRequest: before.get(query.fingerprint) ?? 0,
      callSite: sites.get(query.fingerprint) ?? '',
    }))
    .filter((query) => !told.has(query.fingerprint) && growth(query) >= DIFFERENCE_MIN)
    .sort((a, b) => growth(b) - growth(a))
    .slice(0, LISTED_MAX);
}

function growth({ callsPerRequest, baselineCallsPerRequest }: MoreCalls): number {
  return callsPerRequest - baselineCallsPerRequest;
}
