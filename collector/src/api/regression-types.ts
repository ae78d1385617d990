/** Regressions as `/api/v1` carries them, and what the rules say of an endpoint. */
export interface Regression {
  readonly key: string;
  readonly kind: 'response_time' | 'error_rate';
  readonly service: string;
  /** `METHOD route`. */
  readonly endpoint: string;
  readonly environment: string;
  readonly state: 'firing' | 'resolved';
  readonly rule: string;
  /** What is compared: `average`; `typical`, the geometric mean; `tail`, p95; or `errors`, the rate of errors. */
  readonly signal: 'average' | 'typical' | 'tail' | 'errors';
  /** Milliseconds for `response_time`, a fraction for `error_rate`; so is `current`. */
  readonly baseline: number;
  readonly current: number;
  /** Current over baseline for `response_time`; current minus baseline for `error_rate`. */
  readonly change: number;
  readonly baselineRequests: number;
  readonly currentRequests: number;
  /** The version that is suspected; `''` when none is. */
  readonly version: string;
  /** Start of the window that fired. */
  readonly windowStart: string;
  /** Start of the window in which it began. */
  readonly startedAt: string;
  readonly resolvedAt: string | null;
  readonly explanation: string;
  /** What changed with it; `null` when that was not read: of the alerts of a window, the ten that cost most have it. */
  readonly evidence: RegressionEvidence | null;
}

export interface RegressionEvidence {
  readonly before: EvidenceNumbers;
  readonly since: EvidenceNumbers;
  /** Normalised texts that did not run before, heaviest first: at most five, of so many. */
  readonly newQueries: readonly string[];
  readonly newQueryCount: number;
  readonly newNPlusOnes: readonly string[];
  readonly newNPlusOneCount: number;
  /** `''` where single requests are gone already. */
  readonly slowTraceId: string;
  readonly ordinaryTraceId: string;
  /** Evidence against noise, and what is asked for; `null` for the rule `ratio`. */
  readonly z: number | null;
  readonly zMin: number | null;
  readonly windows: number;
  readonly baselineWindows: number;
}

export interface EvidenceNumbers {
  readonly requests: number;
  readonly errorRate: number;
  readonly avgMs: number;
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly p99Ms: number;
  readonly queriesPerRequest: number;
}

/** What the rules say of an endpoint in the last closed window. */
export interface EndpointExplanation {
  readonly service: string;
  readonly environment: string;
  readonly endpoint: string;
  readonly windowStart: string;
  readonly windowMinutes: number;
  readonly verdicts: RuleVerdict[];
}

export interface RuleVerdict {
  readonly rule: 'scan' | 'ratio';
  readonly kind: 'response_time' | 'error_rate';
  /** `firing`: an alert is open; `fires`: the window opens one; `quiet`: neither. */
  readonly state: 'firing' | 'fires' | 'quiet';
  /** Why, or why not, with the numbers that decided. */
  readonly reason: string;
  readonly baseline: number;
  readonly current: number;
  readonly change: number;
  readonly baselineRequests: number;
  readonly currentRequests: number;
  readonly z: number | null;
  readonly zMin: number | null;
}

export type ExplainParameters = { endpoint: string; service?: string; environment?: string };
