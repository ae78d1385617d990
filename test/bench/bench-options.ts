import { parseArgs } from 'node:util';
import { wholeNumber } from './load-options.ts';

export type BenchMode = 'collector' | 'sink' | 'overload' | 'target';

export interface BenchOptions {
  readonly mode: BenchMode;
  readonly seconds: number;
  /** Spans a second; 0 is as fast as it is answered. With `--overload`, the sustainable rate; 0 finds it. */
  readonly rate: number;
  /** Handed on to the load. */
  readonly loadArgs: readonly string[];
  /** A collector that runs already, and its process. */
  readonly target: { readonly url: string; readonly pid: number } | undefined;
  /** Seconds that storing what was acknowledged may take after the load. */
  readonly drainSecondsMax: number;
  /** Measure decoding, receiving, spooling and inserting apart. */
  readonly stages: boolean;
  /** Directory for a CPU profile of the collector. */
  readonly cpuProfileDir: string | undefined;
  readonly json: boolean;
}

export const BENCH_USAGE = `Usage: npm run bench:ingest -- [--sink | --overload | --target URL --pid PID] [--seconds 60] [--rate SPANS_PER_S, 0: as fast as answered]
  [--encoding protobuf|json] [--gzip] [--connections 8] [--services 6] [--spans-per-body 512] [--seed 1] [--retry] [--pool-mb 768]
  [--drain-seconds 300] [--no-stages] [--cpu-prof DIRECTORY] [--json]`;

/** @throws Error that says which flag is wrong */
export function readBenchOptions(args: readonly string[]): BenchOptions {
  const { values } = parseArgs({
    args: [...args],
    allowNegative: true,
    options: {
      sink: { type: 'boolean', default: false },
      overload: { type: 'boolean', default: false },
      target: { type: 'string' },
      pid: { type: 'string' },
      seconds: { type: 'string', default: '60' },
      rate: { type: 'string', default: '0' },
      encoding: { type: 'string', default: 'protobuf' },
      gzip: { type: 'boolean', default: false },
      connections: { type: 'string', default: '8' },
      services: { type: 'string', default: '6' },
      'spans-per-body': { type: 'string', default: '512' },
      seed: { type: 'string', default: '1' },
      retry: { type: 'boolean', default: false },
      'pool-mb': { type: 'string', default: '768' },
      'drain-seconds': { type: 'string', default: '300' },
      stages: { type: 'boolean', default: true },
      'cpu-prof': { type: 'string' },
      json: { type: 'boolean', default: false },
    },
  });
  const modes = [values.sink && 'sink', values.overload && 'overload', values.target !== undefined && 'target'];
  const chosen = modes.filter((mode) => mode !== false);
  if (chosen.length > 1) throw new Error(`--${chosen.join(' and --')} are different benches`);
  const mode = (chosen[0] ?? 'collector') as BenchMode;
  if ((values.target === undefined) !== (values.pid === undefined)) {
    throw new Error('--target needs --pid, the process whose CPU and memory is measured, and the other way round');
  }
  const handedOn = ['encoding', 'connections', 'services', 'spans-per-body', 'seed', 'pool-mb'] as const;
  return {
    mode,
    seconds: wholeNumber('seconds', values.seconds, 1, 3_600),
    rate: wholeNumber('rate', values.rate, 0, 10_000_000),
    loadArgs: [
      ...handedOn.flatMap((flag) => [`--${flag}`, values[flag]]),
      ...(values.gzip ? ['--gzip'] : []),
      ...(values.retry ? ['--retry'] : []),
    ],
    target:
      values.target === undefined
        ? undefined
        : { url: values.target, pid: wholeNumber('pid', values.pid!, 1, 2 ** 31) },
    drainSecondsMax: wholeNumber('drain-seconds', values['drain-seconds'], 0, 3_600),
    stages: values.stages,
    cpuProfileDir: values['cpu-prof'],
    json: values.json,
  };
}
