import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type CollectorProcess, startCollector } from '../support/collector-process.ts';
import { ApiPoll, type ApiTimes } from './api-poll.ts';
import { type Audit, audit } from './audit.ts';
import { type CollectorFigures, derived, drained, readFigures } from './collector-figures.ts';
import { readLedger } from './ledger.ts';
import { startLoad } from './load-process.ts';
import type { LoadReport } from './load-report.ts';
import { processUsage, UsageSampler } from './process-usage.ts';
import { ThreadTimes } from './thread-times.ts';

/** One load on one collector, as seen by the load, by the collector and from outside. */
export interface MeasuredRun {
  readonly load: LoadReport;
  /** Of the collector's process, all threads. */
  readonly cpuSeconds: number;
  /** The same until what was acknowledged was stored. */
  readonly cpuSecondsToDrained: number;
  /** And until the traces of it were derived. */
  readonly cpuSecondsToDerived: number;
  /** The latter by the names of its threads, as far as the system tells. */
  readonly threadSecondsToDerived: Readonly<Record<string, number>>;
  readonly rssBytesPeak: number;
  /** After a quarter, half, three quarters and all of the load. */
  readonly rssBytesAt: readonly number[];
  /** Undefined where the collector has no such API. */
  readonly atEnd: CollectorFigures | undefined;
  /** Undefined when it took longer than allowed, or was not waited for. */
  readonly drainSeconds: number | undefined;
  /** After that. */
  readonly deriveSeconds: number | undefined;
  readonly api: ApiTimes | undefined;
  readonly audit: Audit | undefined;
  /** What went wrong; none when all is well. */
  readonly faults: readonly string[];
}

export interface RunOptions {
  readonly loadArgs: readonly string[];
  readonly rate: number;
  readonly seconds: number;
  readonly drainSecondsMax: number;
  /** Store nowhere but there. @default the embedded engine */
  readonly clickhouseUrl?: string;
  readonly cpuProfileDir?: string | undefined;
}

/** Starts a collector on an empty directory, loads it, waits until all is stored, stops it, and audits what it stored. */
export async function runOnCollector(options: RunOptions): Promise<MeasuredRun> {
  const directory = mkdtempSync(join(tmpdir(), 'profiler-bench-'));
  try {
    return await runIn(directory, options);
  } finally {
    await rm(directory, { recursive: true, force: true, maxRetries: 5 });
  }
}

async function runIn(directory: string, options: RunOptions): Promise<MeasuredRun> {
  const { clickhouseUrl, cpuProfileDir, drainSecondsMax } = options;
  const ledgerPath = join(directory, 'ledger');
  const dataDir = join(directory, 'data');
  const collector = await startCollector({
    dataDir,
    flags: clickhouseUrl === undefined ? [] : ['--clickhouse-url', clickhouseUrl],
    nodeArgs: cpuProfileDir === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${cpuProfileDir}`],
  });
  try {
    const api = new ApiPoll(collector.url);
    const seen = await underLoad(collector, { ...options, ledgerPath });
    const apiTimes = await api.stop();
    const atEnd = await readFigures(collector.url);
    const drainSeconds = await drained(collector.url, drainSecondsMax);
    const cpuSecondsToDrained = seen.cpuSecondsSinceStart();
    const deriveSeconds = await derived(collector.url, drainSecondsMax);
    const cpuSecondsToDerived = seen.cpuSecondsSinceStart();
    const threadSecondsToDerived = seen.threadSeconds();
    const exitCode = await collector.stop();
    const faults = [
      exitCode !== 0 && `the collector ended with ${exitCode}: ${collector.stderr().slice(-2_000)}`,
      drainSeconds === undefined && `not everything was stored ${drainSecondsMax} s after the load`,
      atEnd === undefined && 'the collector did not answer after the load',
      (atEnd?.derivationFailures ?? 0) > 0 && `the derivation failed: ${collector.stderr().slice(-2_000)}`,
    ].filter((fault) => fault !== false);
    const audited =
      clickhouseUrl === undefined ? await audit(join(dataDir, 'clickhouse'), readLedger(ledgerPath)) : undefined;
    return {
      ...seen.figures,
      cpuSecondsToDrained,
      cpuSecondsToDerived,
      threadSecondsToDerived,
      atEnd,
      drainSeconds,
      deriveSeconds,
      api: apiTimes,
      audit: audited,
      faults: [...faults, ...(audited?.faults ?? [])],
    };
  } finally {
    await collector.stop('SIGKILL');
  }
}

/** The same load on whatever takes OTLP; what it stores is its own affair. */
export async function runOnTarget(options: RunOptions, target: { url: string; pid: number }): Promise<MeasuredRun> {
  const { figures, threadSeconds } = await underLoad(target, options);
  return {
    ...figures,
    cpuSecondsToDrained: figures.cpuSeconds,
    cpuSecondsToDerived: figures.cpuSeconds,
    threadSecondsToDerived: threadSeconds(),
    atEnd: undefined,
    drainSeconds: undefined,
    deriveSeconds: undefined,
    api: undefined,
    audit: undefined,
    faults: [],
  };
}

async function underLoad(
  target: Pick<CollectorProcess, 'url' | 'pid'>,
  { loadArgs, rate, seconds, ledgerPath }: RunOptions & { readonly ledgerPath?: string },
) {
  const load = await startLoad([
    ...loadArgs,
    ...['--url', target.url, '--rate', String(rate), '--seconds', String(seconds)],
    ...(ledgerPath === undefined ? [] : ['--ledger', ledgerPath]),
  ]);
  const sampler = new UsageSampler(target.pid);
  const before = sampler.first?.cpuSeconds ?? 0;
  const threads = new ThreadTimes(target.pid);
  const report = await load.report.finally(() => sampler.stop());
  const threadSeconds = () => {
    threads.look();
    return threads.seconds();
  };
  const cpuSecondsSinceStart = () => (processUsage(target.pid)?.cpuSeconds ?? Number.NaN) - before;
  const figures = {
    load: report,
    cpuSeconds: cpuSecondsSinceStart(),
    rssBytesPeak: sampler.rssBytesMax(),
    rssBytesAt: [0.25, 0.5, 0.75, 1].map((share) => sampler.rssBytesAt(share)),
  };
  return { figures, cpuSecondsSinceStart, threadSeconds };
}
