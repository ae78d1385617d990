/**
 * A load of OTLP traces, as a process of its own, for any endpoint that takes OTLP over HTTP:
 *
 *     node test/bench/run.mjs otlp-load --url http://127.0.0.1:4318 --rate 60000 --seconds 30
 */
import { LedgerWriter } from './ledger.ts';
import { LOAD_USAGE, type LoadOptions, readLoadOptions } from './load-options.ts';
import { LoadRun } from './load-run.ts';
import { printTable } from './table.ts';

let options: LoadOptions;
try {
  options = readLoadOptions(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`${(error as Error).message}\n${LOAD_USAGE}\n`);
  process.exit(2);
}

const ledger = options.ledger === undefined ? undefined : new LedgerWriter(options.ledger, options.run);
const load = new LoadRun(options, (entry) => ledger?.write(entry));
const note = load.prepare();
if (note !== undefined) process.stderr.write(`${note}\n`);
process.stderr.write('sending\n');
const report = await load.run();
await ledger?.close();

if (options.json) process.stdout.write(`${JSON.stringify(report)}\n`);
else {
  const perSecond = (spans: number) => Math.round(spans / report.elapsedSeconds);
  const { acknowledgeMs } = report;
  printTable([
    ['sent, spans/s', perSecond(report.sentSpans)],
    ['acknowledged, spans/s', perSecond(report.acknowledgedSpans)],
    ['acknowledged spans', report.acknowledgedSpans],
    ['refused spans', report.refusedSpans],
    ['unanswered spans', report.unknownSpans],
    ['refusals by status', JSON.stringify(report.refusals)],
    ['acknowledge p50, ms', acknowledgeMs.p50],
    ['acknowledge p99, ms', acknowledgeMs.p99],
    ['acknowledge max, ms', acknowledgeMs.max],
    ['late at most, ms', report.lateMsMax],
    ['CPU of the generator, s', report.cpuSeconds],
  ]);
}
