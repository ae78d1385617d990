export type Severity = 'info' | 'warning' | 'critical';

export interface SeverityEvidence {
  /** Typical (median) calls of the query in a request. */
  readonly repeats: number;
  /** Mean time of those calls together, in one request, in nanoseconds. */
  readonly queryNsPerRequest: number;
  /** Mean duration of the requests, in nanoseconds. */
  readonly requestNs: number;
}

const WARNING_REPEATS = 5;
const WARNING_SHARE = 0.05;
const WARNING_NS = 30e6;
const CRITICAL_SHARE = 0.5;

/**
 * How much a repeated query matters: `info` with fewer than 5 repeats, below 5 % of the request's time or below 30 ms;
 * `critical` when it takes more than half of the request; `warning` between. Queries that run side by side may add up to
 * more than the request.
 */
export function findingSeverity(evidence: SeverityEvidence): Severity {
  const { repeats, queryNsPerRequest, requestNs } = evidence;
  const share = requestNs > 0 ? queryNsPerRequest / requestNs : 0;
  if (repeats < WARNING_REPEATS || share < WARNING_SHARE || queryNsPerRequest < WARNING_NS) return 'info';
  return share > CRITICAL_SHARE ? 'critical' : 'warning';
}
