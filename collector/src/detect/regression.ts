/**
 * A regression: an endpoint that became slower or failed more often than before. It is an alert that fires once, keeps the
 * baseline that it fired with, and resolves when later windows are back under the rule against that baseline.
 * Milliseconds for `response_time`, fractions for `error_rate`.
 */
import type { Evidence } from './evidence.ts';

export type RegressionKind = 'response_time' | 'error_rate';

export interface Regression {
  /** 16 hex digits; the same for the same kind, endpoint and window, however often the window is closed. */
  readonly key: string;
  readonly kind: RegressionKind;
  readonly rule: 'ratio' | 'scan';
  /** What moved: the average (`ratio`), the geometric mean (`typical`), p95 (`tail`), or the rate of errors. */
  readonly signal: 'average' | 'typical' | 'tail' | 'errors';
  readonly state: 'firing' | 'resolved';
  readonly service: string;
  readonly environment: string;
  readonly method: string;
  readonly route: string;
  /** `METHOD route`. */
  readonly endpoint: string;
  readonly baseline: number;
  readonly current: number;
  /** Current over baseline for `response_time`; current minus baseline for `error_rate`. */
  readonly change: number;
  readonly baselineRequests: number;
  readonly currentRequests: number;
  /** The version that brought it; `''` when the app names none. */
  readonly version: string;
  readonly explanation: string;
  /** Start of the window that fired, ISO 8601 in UTC. */
  readonly windowStart: string;
  readonly windowMinutes: number;
  /** Start of the window in which the regression began: that which fired for `ratio`, that or an earlier one for `scan`. */
  readonly startedAt: string;
  /** End of the windows that it was compared with, ISO 8601 in UTC. */
  readonly baselineUntil: string;
  /** What else changed with it; `null` when that could not be read. */
  readonly evidence: Evidence | null;
  /** Start of the window that was back under the rule; `null` while firing. */
  readonly resolvedAt: string | null;
}
