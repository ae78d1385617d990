/**
 * The write path under load, from outside: `npm run bench:ingest`. Ends with 1 when what was acknowledged is not what is
 * stored, or when the collector does what it must not.
 */
import { cpus, loadavg } from 'node:os';
import { BENCH_USAGE, type BenchOptions, readBenchOptions } from './bench-options.ts';
import { outputOf } from './load-process.ts';
import { type MeasuredRun, type RunOptions, runOnCollector, runOnTarget } from './measured-run.ts';
import { findSustainableRate, overloadFaults } from './overload.ts';
import { runRows } from './run-rows.ts';
import { runOnSink, sinkRows } from './sink.ts';
import { type StageCost, stageRows } from './stage-rows.ts';
import { type TableRow, table } from './table.ts';

let options: BenchOptions;
try {
  options = readBenchOptions(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`${(error as Error).message}\n${BENCH_USAGE}\n`);
  process.exit(2);
}

const { mode, target, json } = options;
const sections: [title: string, rows: TableRow[]][] = [];
const faults: string[] = [];
const [loadBefore] = loadavg() as [number, number, number];
const results: Record<string, unknown> = { mode, cpus: cpus().length, loadBefore };

if (mode === 'target') note('run', await runOnTarget(options, target!));
else if (mode === 'sink') {
  const run = await runOnSink(options);
  note('run', run);
  sections.push(['The collector alone', sinkRows(run)]);
} else if (mode === 'overload') {
  const sustainable = options.rate || (await findSustainableRate(options));
  results.sustainableSpansPerSecond = sustainable;
  sections.push([
    'Overload',
    [
      ['sustainable, spans/s', sustainable],
      ['offered, spans/s', sustainable * 2],
    ],
  ]);
  const overloaded: RunOptions = { ...options, rate: sustainable * 2 };
  const run = await runOnCollector(overloaded);
  note('run', run);
  faults.push(...overloadFaults(run));
} else note('run', await runOnCollector(options));

if (options.stages && target === undefined) {
  const costs = await outputOf<StageCost[]>('stage-costs', [], { UV_THREADPOOL_SIZE: '16' });
  results.stages = costs;
  sections.push(['Stages apart, each alone in a process', stageRows(costs)]);
}

if (json) process.stdout.write(`${JSON.stringify({ ...results, faults })}\n`);
else {
  for (const [title, rows] of sections) process.stdout.write(`\n${title}\n${table(rows)}\n`);
  process.stdout.write(faults.length === 0 ? '\nnothing is wrong\n' : `\nWRONG\n  ${faults.join('\n  ')}\n`);
}
process.exitCode = faults.length === 0 ? 0 : 1;

function note(name: string, run: MeasuredRun): void {
  results[name] = run;
  faults.push(...run.faults);
  const machine = `${cpus().length} cores, shared with the load; load average ${loadBefore.toFixed(1)} before`;
  sections.push([`Under load (${machine})`, runRows(run)]);
}
