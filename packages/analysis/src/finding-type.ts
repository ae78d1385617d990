import { callKind } from './call-kind.ts';

export const FINDING_TYPES = [
  'n_plus_one',
  'duplicate_query',
  'cache_loop',
  'slow_query',
  'many_queries',
  'n_plus_one_http',
] as const;
export type FindingType = (typeof FINDING_TYPES)[number];

/** What the requests with one finding key showed. */
export interface FindingEvidence {
  /** Of the call; `http` for an outgoing HTTP call. */
  readonly system: string;
  /** Requests in which it repeated as often as its threshold says. */
  readonly repeatedRequests: number;
  /** Requests that made too many queries that no loop explains. */
  readonly manyRequests: number;
  /** Most different values among the repeats of a request; below 0 when unknown. */
  readonly distinctValues: number;
}

/**
 * A finding is one thing that one change would mend, so it has one name, of what weighs most: what repeats is a loop
 * however slow it is. Always the same values make it a duplicate, which is mended by asking once; a cache is asked again and
 * again by design, and says so whatever the values.
 */
export function findingType({ system, repeatedRequests, manyRequests, distinctValues }: FindingEvidence): FindingType {
  if (manyRequests > 0) return 'many_queries';
  if (repeatedRequests === 0) return 'slow_query';
  const kind = callKind(system);
  if (kind === 'cache') return 'cache_loop';
  if (distinctValues === 1) return 'duplicate_query';
  return kind === 'http' ? 'n_plus_one_http' : 'n_plus_one';
}
