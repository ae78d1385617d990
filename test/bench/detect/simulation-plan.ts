/** What is simulated, and what is asked of the rule `scan`. */
import type { Step, Traffic } from './simulated-endpoint.ts';

export interface Scenario {
  readonly name: string;
  readonly traffic: Traffic;
  /** False alerts in an endpoint's month, at most. */
  readonly falseAlertsMax: number;
  readonly targets: readonly Target[];
}

export interface Target {
  readonly step: StepName;
  readonly windows: (typeof WITHIN)[number];
  /** Share of the steps that are found. */
  readonly shareMin: number;
}

export type StepName = '+20 %' | '+50 %' | 'p95 only +20 %' | 'p95 only +50 %' | 'errors +4 points';

export const STEPS: Readonly<Record<StepName, Step>> = {
  '+20 %': { kind: 'all', factor: 1.2, errorRate: 0 },
  '+50 %': { kind: 'all', factor: 1.5, errorRate: 0 },
  'p95 only +20 %': { kind: 'tail', factor: 1.2, errorRate: 0 },
  'p95 only +50 %': { kind: 'tail', factor: 1.5, errorRate: 0 },
  'errors +4 points': { kind: 'errors', factor: 1, errorRate: 0.04 },
};

/** Windows, from the step's own on, within which it is to be found. */
export const WITHIN = [2, 6, 24] as const;

/** Noise of 0.7 carries over into the next hour, at 3 % as at 6: the harder case for a rule that adds up windows. */
const CORRELATION = 0.7;

export const SCENARIOS: readonly Scenario[] = [
  {
    name: '1,000/h, hour noise 3 %',
    traffic: { requestsPerHour: 1000, hourNoise: 0.03, correlation: CORRELATION },
    falseAlertsMax: 0.1,
    targets: [
      { step: '+50 %', windows: 2, shareMin: 0.95 },
      { step: '+20 %', windows: 6, shareMin: 0.95 },
      { step: 'p95 only +20 %', windows: 6, shareMin: 0.6 },
    ],
  },
  {
    name: '1,000/h, hour noise 6 %',
    traffic: { requestsPerHour: 1000, hourNoise: 0.06, correlation: CORRELATION },
    falseAlertsMax: 0.2,
    targets: [{ step: '+20 %', windows: 24, shareMin: 0.7 }],
  },
  {
    name: '100/h, hour noise 3 %',
    traffic: { requestsPerHour: 100, hourNoise: 0.03, correlation: CORRELATION },
    falseAlertsMax: 0.2,
    targets: [],
  },
  {
    name: '100/h, hour noise 6 %',
    traffic: { requestsPerHour: 100, hourNoise: 0.06, correlation: CORRELATION },
    falseAlertsMax: 0.3,
    targets: [],
  },
];
