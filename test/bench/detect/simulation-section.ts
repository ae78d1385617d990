/**
 * False alerts and what is found, for the rules `ratio`, `p95x2` and `scan`: simulated months, judged by the code that
 * production runs. Every figure with its bounds of 95 %; where there is a target, the point estimate is held against it.
 */
import { availableParallelism } from 'node:os';
import { outputOf } from '../load-process.ts';
import { type Estimate, rateEstimate, shareEstimate } from './bounds.ts';
import { SCENARIOS, type Scenario, STEPS, type StepName, WITHIN } from './simulation-plan.ts';
import type { FalseAlerts, Found, RuleName } from './trials.ts';

export interface SimulationOptions {
  readonly seed: number;
  /** Endpoint-months of each scenario without a step. @default 1000 */
  readonly months?: number;
  /** Endpoints of each scenario that get each of the steps. @default 400 */
  readonly trials?: number;
}

export interface ScenarioResult {
  readonly falseAlerts: FalseAlerts;
  readonly found: Record<StepName, Found>;
  readonly cpuSeconds: number;
}

const RULE_NAMES: readonly RuleName[] = ['ratio', 'p95x2', 'scan'];
const PROCESSES_MAX = 2;

export async function simulationSection({ seed, months = 1000, trials = 400 }: SimulationOptions) {
  const results: ScenarioResult[] = [];
  const waiting = SCENARIOS.map((_, index) => index);
  const work = async () => {
    for (let index = waiting.shift(); index !== undefined; index = waiting.shift()) {
      const args = [seed, index, months, trials].map(String);
      results[index] = await outputOf<ScenarioResult>('detect/simulate-scenario', args);
    }
  };
  await Promise.all(Array.from({ length: Math.min(PROCESSES_MAX, availableParallelism()) }, work));
  const judged = SCENARIOS.map((scenario, index) => judgeScenario(scenario, results[index]!));
  const cpuSeconds = results.reduce((sum, result) => sum + result.cpuSeconds, 0);
  return {
    title: `Regressions, simulated: ${months} endpoint-months and ${trials} steps a scenario, seed ${seed}`,
    text: [...judged.map(({ lines }) => lines.join('\n')), `CPU: ${cpuSeconds.toFixed(0)} s`].join('\n\n'),
    result: SCENARIOS.map(({ name }, index) => ({ name, ...results[index]! })),
    faults: judged.flatMap(({ faults }) => faults),
  };
}

function judgeScenario(scenario: Scenario, { falseAlerts, found }: ScenarioResult) {
  const faults: string[] = [];
  const lines = [
    `${scenario.name}, ${scenario.traffic.correlation} of it carried over`,
    row('', [...RULE_NAMES, 'oracle'], 'target for scan'),
  ];
  const rates = RULE_NAMES.map((rule) => rateEstimate(falseAlerts.alerts[rule], falseAlerts.endpointMonths));
  const isQuiet = rates.at(-1)!.value <= scenario.falseAlertsMax;
  if (!isQuiet) faults.push(`${scenario.name}: ${rates.at(-1)!.value.toFixed(2)} false alerts in an endpoint-month`);
  const most = `at most ${scenario.falseAlertsMax} ${isQuiet ? 'pass' : 'MISS'}`;
  lines.push(
    row('false alerts a month', [...rates.map((rate) => shown(rate, 2)), `<= ${scenario.falseAlertsMax}`], most),
  );

  for (const step of Object.keys(STEPS) as StepName[]) {
    const { trials, within } = found[step];
    WITHIN.forEach((windows, index) => {
      const target = scenario.targets.find((one) => one.step === step && one.windows === windows);
      const shares = RULE_NAMES.map((rule) => shareEstimate(within[rule][index]!, trials));
      const best = STEPS[step].kind === 'errors' ? undefined : shareEstimate(within.oracle[index]!, trials);
      const isMet = target === undefined || shares.at(-1)!.value >= target.shareMin;
      if (!isMet) {
        const of = `the oracle finds ${best === undefined ? '?' : best.value.toFixed(2)}`;
        faults.push(`${scenario.name}: ${step} within ${windows} windows: ${shares.at(-1)!.value.toFixed(2)}; ${of}`);
      }
      const verdict = target === undefined ? '' : `at least ${target.shareMin} ${isMet ? 'pass' : 'MISS'}`;
      const cells = [...shares, ...(best === undefined ? [] : [best])].map((share) => shown(share, 2));
      lines.push(row(`${step} in ${windows}`, cells, verdict));
    });
  }
  return { lines, faults };
}

function shown({ value, low, high }: Estimate, digits: number): string {
  const text = (number: number) => number.toFixed(digits).replace(/^0\./, '.');
  return `${text(value)} (${text(low)}-${text(high)})`;
}

function row(name: string, cells: readonly string[], target: string): string {
  const padded = [0, 1, 2, 3].map((index) => (cells[index] ?? '').padStart(17));
  return `  ${name.padEnd(24)}${padded.join('')}  ${target}`.trimEnd();
}
