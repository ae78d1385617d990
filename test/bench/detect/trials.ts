/** Endpoint-months without a step, for false alerts, and with one, for what is found. Every number follows from the seed. */
import { FastRandom } from './fast-random.ts';
import { oracle } from './oracle.ts';
import { p95x2Rule, type Rule, type RuleRun, ratioRule, scanRule } from './rules.ts';
import { HOURS, SimulatedEndpoint, type Traffic } from './simulated-endpoint.ts';
import { type Scenario, STEPS, type StepName, WITHIN } from './simulation-plan.ts';

export const RULES: Readonly<Record<RuleName, Rule>> = { ratio: ratioRule, p95x2: p95x2Rule, scan: scanRule() };
export type RuleName = 'ratio' | 'p95x2' | 'scan';

export interface FalseAlerts {
  /** Hours with requests, over 720. */
  endpointMonths: number;
  readonly alerts: Record<RuleName, number>;
}

export interface Found {
  trials: number;
  /** Of the trials, those found within each of `WITHIN`. */
  readonly within: Record<RuleName | 'oracle', number[]>;
}

/** Keep the months without a step apart from those with one. */
const STEP_SEEDS = 1_000_000;
/** A step begins when the baseline is as long as it gets. */
const ONSET_MIN = 360;
const WINDOWS_AFTER = 24;
/** A rule runs this long before the step: one that fires already is not asked. */
const WINDOWS_BEFORE = 48;

export function countFalseAlerts(
  seed: number,
  scenario: number,
  traffic: Traffic,
  endpoint: number,
  into: FalseAlerts,
): void {
  const simulated = new SimulatedEndpoint(new FastRandom(seed, scenario, endpoint), traffic, 'a while');
  simulated.advance(HOURS);
  for (const count of simulated.series.requests) if (count > 0) into.endpointMonths += 1 / HOURS;
  for (const name of ruleNames()) {
    const run = RULES[name](simulated.series);
    for (let hour = 0; hour < HOURS; hour++) into.alerts[name] += run.judge(hour);
  }
}

/** The same past with each step behind it. Quiet endpoints are left out: they do not have the scenario's requests. */
export function countFound(
  seed: number,
  scenario: number,
  { traffic, falseAlertsMax }: Scenario,
  trial: number,
  into: Record<StepName, Found>,
): void {
  const random = new FastRandom(seed, scenario, STEP_SEEDS + trial);
  const onset = ONSET_MIN + Math.floor(random.unit() * (HOURS - ONSET_MIN - WINDOWS_AFTER));
  const past = new SimulatedEndpoint(random, traffic, 'the month');
  if (past.isQuiet) return;
  past.advance(onset);
  for (const step of Object.keys(STEPS) as StepName[]) {
    const endpoint = past.copy();
    endpoint.advance(onset + WINDOWS_AFTER, STEPS[step]);
    const found = into[step];
    found.trials++;
    const count = (name: RuleName | 'oracle', run: RuleRun) => {
      const delay = delayOf(run, onset);
      WITHIN.forEach((windows, index) => {
        if (delay <= windows) found.within[name][index]!++;
      });
    };
    for (const name of ruleNames()) count(name, RULES[name](endpoint.series));
    if (STEPS[step].kind !== 'errors') count('oracle', oracle(endpoint, STEPS[step], falseAlertsMax));
  }
}

export function nothingFound(): Record<StepName, Found> {
  const none = () => WITHIN.map(() => 0);
  const found = (): Found => ({ trials: 0, within: { ratio: none(), p95x2: none(), scan: none(), oracle: none() } });
  return Object.fromEntries(Object.keys(STEPS).map((step) => [step, found()])) as Record<StepName, Found>;
}

/** Windows from the step to the alert, its own included; an alert that fires already before it finds nothing. */
function delayOf(run: RuleRun, onset: number): number {
  for (let hour = onset - WINDOWS_BEFORE; hour < onset; hour++) run.judge(hour);
  if (run.firing()) return Number.POSITIVE_INFINITY;
  for (let delay = 1; delay <= WINDOWS_AFTER; delay++) if (run.judge(onset + delay - 1) > 0) return delay;
  return Number.POSITIVE_INFINITY;
}

function ruleNames(): RuleName[] {
  return Object.keys(RULES) as RuleName[];
}
