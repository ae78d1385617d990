import { type Column, table } from '../../collector/src/cli/table.ts';
import type { ScenarioReport } from './scenario.ts';

const count = (title: string, of: (report: ScenarioReport) => number): Column<ScenarioReport> => ({
  title,
  cell: (report) => String(of(report)),
  align: 'right',
});

const COLUMNS: readonly Column<ScenarioReport>[] = [
  { title: 'scenario', cell: ({ scenario }) => scenario },
  count('times', ({ done }) => Object.values(done).reduce((sum, times) => sum + times, 0)),
  count('acknowledged spans', ({ sent }) => sent.acknowledgedSpans),
  count('sent again', ({ sent }) => sent.sentAgain),
  count('missing', (report) => report.found('missing')),
  count('duplicates', (report) => report.found('duplicate')),
  count('torn', (report) => report.found('torn') + report.found('alien')),
  count('rollups', (report) => report.found('rollup')),
  count('derived', (report) => report.found('derived')),
  count('process', (report) => report.found('process')),
  count('seconds', ({ seconds }) => Math.round(seconds)),
  { title: '', cell: outcome },
];

export function isGood(report: ScenarioReport): boolean {
  return report.findings.count() === 0;
}

/** A table with a line a scenario, then what each of them did and found. */
export function reportText(reports: readonly ScenarioReport[]): string {
  return [table(COLUMNS, reports), ...reports.map(details)].join('\n\n');
}

export function reportJson(reports: readonly ScenarioReport[]): object {
  return {
    ok: reports.every(isGood),
    scenarios: reports.map(({ scenario, seed, skipped, done, sent, refusals, findings, notes, seconds }) => ({
      scenario,
      seed,
      skipped: skipped ?? null,
      done,
      sent,
      refusals,
      findings: findings.all(),
      notes,
      seconds,
    })),
  };
}

function outcome(report: ScenarioReport) {
  if (report.skipped !== undefined) return { text: 'skipped', style: 'yellow' } as const;
  return isGood(report) ? ({ text: 'ok', style: 'green' } as const) : ({ text: 'FAILED', style: 'red' } as const);
}

function details(report: ScenarioReport): string {
  const { scenario, seed, skipped, done, refusals, notes, findings } = report;
  if (skipped !== undefined) return `${scenario}: skipped: ${skipped}`;
  const list = (counts: Readonly<Record<string, number>>) =>
    Object.entries(counts)
      .map(([what, times]) => `${what}: ${times}`)
      .join(', ');
  const lines = [
    `${scenario} (seed ${seed})`,
    `  ${list(done)}`,
    `  answers other than 200: ${list(refusals) || 'none'}`,
  ];
  for (const { check, count: times, examples } of findings.all()) {
    lines.push(`  ${check}: ${times}`, ...examples.map((example) => `      ${example}`));
  }
  return [...lines, ...notes.map((note) => `  ${note}`)].join('\n');
}
