import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { bundledProgram } from './bundled-program.ts';
import { eachStore, startClickHouse, temporaryDirectory } from './each-store.ts';
import { type GeneratedSpan, generatedSpans } from './generated-spans.ts';
import { type Summaries, type Summary, summarise } from './summarised-spans.ts';

/** What the rollups promise, against what a person would compute from every single span. */
const SPANS = 200_000;
const SEED = 7;
const DAY_SECONDS = 86_400;
const MIDNIGHT_SECONDS = Math.floor(Date.now() / 1000 / DAY_SECONDS) * DAY_SECONDS - DAY_SECONDS;
const QUANTILE_ERROR_MAX = 0.01;

eachStore('the rollups of 200,000 spans in random batches', (open) => {
  it('are what brute force gives, in any order, in any time zone', { timeout: 300_000 }, async () => {
    const spans = generatedSpans(SPANS, SEED, MIDNIGHT_SECONDS);
    const first = await open();
    const summaries = await summarise(first, spans, 1);
    await first.close();

    const minutely = compare(summaries.minutely, bruteForce(spans, 60));
    const hourly = compare(summaries.hourly, bruteForce(spans, 3600));
    console.log(
      `${first.kind}: ${minutely.rows} minutes and ${hourly.rows} hours of endpoints, counts, sums, min, max, avg equal; ` +
        `worst quantile off by ${percent(minutely.worst)} per minute, ${percent(hourly.worst)} per hour`,
    );
    expect(summaries.minutelyAsHourly).toEqual(summaries.hourly);

    const second = await open();
    const [reordered, elsewhere] = await Promise.all([summarise(second, spans, 2), summariseInKolkata(first.kind, 3)]);
    expect(reordered).toEqual(summaries);
    expect(elsewhere).toEqual(summaries);
  });
});

/** Compares every figure of every row; returns by how much the worst quantile differs, relative to the exact value. */
function compare(summaries: readonly Summary[], exact: Map<string, GeneratedSpan[]>): { rows: number; worst: number } {
  expect(summaries.map((row) => `${row.time} ${row.endpoint}`)).toEqual([...exact.keys()].sort());
  let worst = 0;
  for (const row of summaries) {
    const key = `${row.time} ${row.endpoint}`;
    const spans = exact.get(key)!;
    const durations = spans.map((span) => Number(span.duration_ns)).sort((a, b) => a - b);
    const sum = spans.reduce((total, span) => total + span.duration_ns, 0n);
    const { quantiles_ns, log_micros_sum, log_squared_micros_sum, time, endpoint, ...figures } = row;
    expect(figures, key).toEqual({
      requests: spans.length,
      errors: spans.filter((span) => span.error === 1).length,
      slow_requests: spans.filter((span) => span.slow === 1).length,
      duration_ns_sum: String(sum),
      duration_ns_min: durations[0],
      duration_ns_max: durations.at(-1),
      avg_ns: Number(sum) / spans.length,
    });
    const logs = durations.map((durationNs) => Math.log(Math.max(durationNs, 1)));
    // Each logarithm is rounded to a millionth, by two libraries that may differ in the last digit.
    expect(Math.abs(log_micros_sum - total(logs) * 1e6), key).toBeLessThanOrEqual(spans.length);
    expect(Math.abs(log_squared_micros_sum - total(logs.map((log) => log ** 2)) * 1e6), key).toBeLessThanOrEqual(
      spans.length,
    );
    for (const [index, p] of [0.5, 0.95, 0.99].entries()) {
      const nearest = durations[Math.ceil(p * durations.length) - 1]!;
      const error = Math.abs(quantiles_ns[index]! - nearest) / Math.max(nearest, 1);
      expect(error, `p${p * 100} of ${key}, ${spans.length} requests`).toBeLessThanOrEqual(QUANTILE_ERROR_MAX);
      worst = Math.max(worst, error);
    }
  }
  return { rows: summaries.length, worst };
}

function bruteForce(spans: readonly GeneratedSpan[], seconds: number): Map<string, GeneratedSpan[]> {
  const groups = new Map<string, GeneratedSpan[]>();
  for (const span of spans) {
    if (span.entry === 0 || span.ignored === 1) continue;
    const start = Math.floor(Number(span.timestamp / 1_000_000_000n) / seconds) * seconds;
    const time = new Date(start * 1000).toISOString().slice(0, 19);
    const key = `${time} ${span.service} ${span.version} ${span.method} ${span.route}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [span]);
    else group.push(span);
  }
  return groups;
}

/** In a process under TZ=Asia/Kolkata; over a URL the engine's own process is under it too. */
async function summariseInKolkata(kind: 'embedded' | 'server', orderSeed: number): Promise<Summaries> {
  const env = { TZ: 'Asia/Kolkata' };
  const program = await bundledProgram(fileURLToPath(new URL('./summarise-program.ts', import.meta.url)));
  const directory = await temporaryDirectory();
  const server = kind === 'server' ? await startClickHouse({ env }) : undefined;
  try {
    const outfile = join(directory.path, 'summaries.json');
    const location = server?.url ?? join(directory.path, 'data');
    const numbers = [SPANS, SEED, MIDNIGHT_SECONDS, orderSeed].map(String);
    await promisify(execFile)(process.execPath, [program, location, outfile, ...numbers], {
      env: { ...process.env, ...env },
    });
    const result = JSON.parse(await readFile(outfile, 'utf8')) as { offsetMinutes: number; summaries: Summaries };
    expect(result.offsetMinutes).toBe(330);
    return result.summaries;
  } finally {
    await server?.stop();
    await directory.remove();
  }
}

function total(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}

function percent(fraction: number): string {
  return `${(fraction * 100).toFixed(3)} %`;
}
