/**
 * What the home page asks for, with little stored and with a lot: `npm run bench:home`, or `node test/bench/run.mjs
 * home/bench-home --spans 100000,10000000`. The same endpoints over the same two days, on the embedded engine; spans are made
 * in it by SQL, and the rollups by its own views. Ends with 1 when the list of endpoints takes more than twice as long.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { listEndpoints } from '../../../collector/src/api/endpoints.ts';
import { listExceptions } from '../../../collector/src/api/exceptions.ts';
import { listServices } from '../../../collector/src/api/services.ts';
import { findings } from '../../../collector/src/detect/findings.ts';
import { listRegressions } from '../../../collector/src/detect/regressions.ts';
import { migrate } from '../../../collector/src/store/migrate.ts';
import { openStore } from '../../../collector/src/store/open-store.ts';
import type { Store } from '../../../collector/src/store/store.ts';
import { printTable } from '../table.ts';
import { fillStore } from './fill-store.ts';

const { values } = parseArgs({
  options: {
    spans: { type: 'string', default: '100000,10000000' },
    rounds: { type: 'string', default: '21' },
    json: { type: 'boolean', default: false },
  },
});
const RATIO_MAX = 2;
const DAY_MS = 86_400_000;
/** What is over is remembered for a minute. */
const FORGOTTEN_MS = 61_000;
const nowMs = Date.now();
const rounds = Number(values.rounds);
const range = { sinceMs: nowMs - DAY_MS, untilMs: nowMs + 600_000 };

interface Measured {
  readonly spans: number;
  readonly rollupRows: number;
  /** While the page is open, and refreshes. */
  readonly refresh: Cost;
  /** A minute and more after the last question. */
  readonly first: Cost;
  readonly page: Cost;
}

const results: Measured[] = [];
for (const spans of values.spans.split(',').map(Number)) results.push(await measure(spans));
const [few, many] = [results[0]!, results.at(-1)!];
const ratioOf = (of: (measured: Measured) => Cost, what: keyof Cost) => of(many)[what] / of(few)[what];
const ratio = ratioOf(({ refresh }) => refresh, 'wallMs');
if (values.json) process.stdout.write(`${JSON.stringify({ results, ratio })}\n`);
else {
  const name = '/api/v1/endpoints with trend and baseline';
  for (const { spans, rollupRows, first, refresh, page } of results) {
    printTable([
      ['spans stored', spans],
      ['rows of the rollups that the list reads from', rollupRows],
      [`${name}, asked first, median ms (CPU)`, `${first.wallMs.toFixed(1)} (${first.cpuMs.toFixed(1)})`],
      ['the same at each refresh', `${refresh.wallMs.toFixed(1)} (${refresh.cpuMs.toFixed(1)})`],
      ['all that home asks for, side by side', `${page.wallMs.toFixed(1)} (${page.cpuMs.toFixed(1)})`],
    ]);
  }
  const both = (of: (measured: Measured) => Cost) =>
    `${ratioOf(of, 'wallMs').toFixed(2)} (${ratioOf(of, 'cpuMs').toFixed(2)})`;
  printTable([
    ['most stored over least: the list asked first', both(({ first }) => first)],
    ['the list at a refresh', both(({ refresh }) => refresh), `at most ${RATIO_MAX}`],
    ['all that home asks for', both(({ page }) => page)],
  ]);
}
if (ratio > RATIO_MAX) process.exitCode = 1;

async function measure(spans: number): Promise<Measured> {
  const directory = await mkdtemp(join(tmpdir(), 'profiler-bench-home-'));
  const store = await openStore({ dataDir: directory });
  try {
    await migrate(store, { retentionDays: 7 });
    await fillStore(store, spans, nowMs);
    const [stored] = await store.query<{ spans: number; rollups: number }>(
      `SELECT (SELECT count() FROM ${store.database}.spans) AS spans,
         (SELECT count() FROM ${store.database}.endpoint_minutely) + (SELECT count() FROM ${store.database}.endpoint_hourly)
           + (SELECT count() FROM ${store.database}.request_minutely) + (SELECT count() FROM ${store.database}.request_hourly)
           AS rollups`,
    );
    return {
      spans: stored!.spans,
      rollupRows: stored!.rollups,
      first: await costOf((round) => endpoints(store, nowMs + round * FORGOTTEN_MS)),
      refresh: await costOf(() => endpoints(store, nowMs)),
      page: await costOf(() => page(store)),
    };
  } finally {
    await store.close();
    await rm(directory, { recursive: true, force: true });
  }
}

async function endpoints(store: Store, atMs: number): Promise<void> {
  const asked = { ...range, sort: 'impact', limit: 100, trend: true, baseline: true } as const;
  const { items } = await listEndpoints(store, asked, atMs);
  if (items.length === 0 || items[0]!.baseline === null) throw new Error('the list is empty, or without a baseline');
}

async function page(store: Store): Promise<void> {
  await Promise.all([
    endpoints(store, nowMs),
    findings(store, { ...range, states: ['open', 'acknowledged'], limit: 200 }, nowMs),
    listRegressions(store, { state: 'firing', limit: 200 }),
    listExceptions(store, { ...range, sort: 'newest', limit: 200 }),
    listServices(store, { ...range, limit: 200 }, nowMs),
  ]);
}

interface Cost {
  readonly wallMs: number;
  /** Of this process, engine included: on a busy machine it is the steadier figure. */
  readonly cpuMs: number;
}

/** Medians. The first round, which reads from disk, is not counted. */
async function costOf(work: (round: number) => Promise<void>): Promise<Cost> {
  await work(-1);
  const walls: number[] = [];
  const cpus: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const [startMs, cpu] = [performance.now(), process.cpuUsage()];
    await work(round);
    walls.push(performance.now() - startMs);
    const { user, system } = process.cpuUsage(cpu);
    cpus.push((user + system) / 1000);
  }
  const median = (times: number[]) => times.sort((a, b) => a - b)[rounds >> 1]!;
  return { wallMs: median(walls), cpuMs: median(cpus) };
}
