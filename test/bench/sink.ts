import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runProgram } from './load-process.ts';
import { type MeasuredRun, type RunOptions, runOnCollector } from './measured-run.ts';
import type { TableRow } from './table.ts';

/** Spans a second and core that others have published for OTLP into ClickHouse. */
const PUBLISHED = [
  ['OpenTelemetry Collector (Go), published', 137_000],
  ['Rotel (Rust), published', 462_000],
] as const;

/** A load on a collector whose ClickHouse forgets what it is given: what remains is the collector alone. */
export async function runOnSink(options: RunOptions): Promise<MeasuredRun> {
  const directory = await mkdtemp(join(tmpdir(), 'profiler-sink-'));
  const sink = runProgram('discarding-clickhouse', [directory], { UV_THREADPOOL_SIZE: '8' });
  try {
    const clickhouseUrl = await listening(sink);
    return await runOnCollector({ ...options, clickhouseUrl });
  } finally {
    if (sink.exitCode === null && sink.signalCode === null) {
      sink.kill('SIGKILL');
      await once(sink, 'close');
    }
    await rm(directory, { recursive: true, force: true, maxRetries: 5 });
  }
}

export function sinkRows(run: MeasuredRun): TableRow[] {
  const spansPerCpuSecond = run.load.acknowledgedSpans / run.cpuSecondsToDrained;
  return [
    ['CPU s per million spans', 1e6 / spansPerCpuSecond],
    ['this collector, spans/s and core', spansPerCpuSecond],
    ...PUBLISHED.map(([name, spans]) => [`${name}, spans/s and core`, spans] as const),
  ];
}

async function listening(sink: ReturnType<typeof runProgram>): Promise<string> {
  let output = '';
  for await (const chunk of sink.stdout) {
    output += String(chunk);
    const url = /listening on (http:\S+)/.exec(output)?.[1];
    if (url !== undefined) return url;
  }
  throw new Error(`the ClickHouse that discards did not start: ${output}`);
}
