/**
 * What a run of the rule `scan` costs, on the embedded engine, over 1,000 endpoints and 30 days of hours:
 * `node test/bench/run.mjs detect/scan-cost`. CPU of the whole process, engine included. Ends with 1 above the target.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Registry } from 'prom-client';
import { createScheduler } from '../../../collector/src/detect/scheduler.ts';
import { migrate } from '../../../collector/src/store/migrate.ts';
import { openStore } from '../../../collector/src/store/open-store.ts';
import { printTable } from '../table.ts';

const { values } = parseArgs({
  options: { endpoints: { type: 'string', default: '1000' }, json: { type: 'boolean', default: false } },
});
const endpoints = Number(values.endpoints);
const HOUR_MS = 3_600_000;
const DAYS = 30;
const RUNS = 5;
const CPU_SECONDS_MAX = 2;
/** Endpoints in one statement, which bounds its memory. */
const FILLED_AT_ONCE = 50;
const nowMs = Math.floor(Date.now() / HOUR_MS) * HOUR_MS;
const startMs = nowMs - DAYS * 24 * HOUR_MS;

const directory = await mkdtemp(join(tmpdir(), 'profiler-scan-cost-'));
const store = await openStore({ dataDir: directory });
try {
  await migrate(store, { retentionDays: 7 });
  await fill();
  const clock = { nowMs: nowMs - RUNS * HOUR_MS };
  const scheduler = createScheduler({
    store,
    config: {
      aggregationWindowMinutes: 60,
      regressionRules: ['scan'],
      regressionResponseTimeFactor: 2,
      regressionErrorRateDelta: 0.1,
      regressionMinRequests: 20,
    },
    derivation: { runOnce: async () => {} },
    notifier: { start: async () => {}, notify: async () => {} },
    registry: new Registry(),
    log: { info: () => {}, warn: () => {}, error: (message, cause) => process.stderr.write(`${message} ${cause}\n`) },
    now: () => clock.nowMs,
  });
  const run = async () => {
    const before = process.cpuUsage();
    clock.nowMs += HOUR_MS;
    const [result] = (await scheduler.closeDue()).slice(-1);
    const { user, system } = process.cpuUsage(before);
    return {
      cpuSeconds: (user + system) / 1e6,
      endpoints: result?.endpoints ?? 0,
      alerts: result?.regressions.length ?? 0,
    };
  };
  clock.nowMs += 10_000 - HOUR_MS;
  const first = await run();
  const runs = [];
  for (let index = 1; index < RUNS; index++) runs.push(await run());
  const later = runs.map(({ cpuSeconds }) => cpuSeconds).sort((a, b) => a - b);
  const median = later[later.length >> 1]!;
  const worst = later.at(-1)!;
  const result = {
    endpoints: first.endpoints,
    days: DAYS,
    medianCpuSeconds: median,
    worstCpuSeconds: worst,
  };
  if (values.json) process.stdout.write(`${JSON.stringify(result)}\n`);
  else {
    printTable([
      ['endpoints', first.endpoints],
      ['hours of each', DAYS * 24],
      ['alerts that fire', runs.at(-1)!.alerts],
      ['a run, median, s of CPU', median, `under ${CPU_SECONDS_MAX}`],
      ['a run, worst of four, s of CPU', worst],
    ]);
  }
  if (median >= CPU_SECONDS_MAX || first.endpoints !== endpoints) process.exitCode = 1;
} finally {
  await store.close();
  await rm(directory, { recursive: true, force: true });
}

/** What earlier runs have left: a row for each endpoint and hour. And the rollups of the last hours, as the view makes them. */
async function fill(): Promise<void> {
  const identity = `concat('service-', toString(endpoint % 20)) AS service, 'production' AS environment`;
  const noise = '0.03 * (cityHash64(hour, endpoint) % 1000 / 500 - 1) AS noise';
  await store.longCommand(
    `INSERT INTO ${store.database}.endpoint_windows (window_start, window_minutes, service, environment, method, route,
       requests, errors, duration_ns_sum, log_micros_sum, log_squared_micros_sum, p50_ns, p90_ns, p95_ns, p975_ns, p99_ns, computed_at)
     SELECT toDateTime({start:UInt32} + hour * 3600, 'UTC'), 60, ${identity}, 'GET', concat('/route-', toString(endpoint)),
       300, 3, 300 * 1.3e8, 300 * log * 1e6, 300 * (log * log + 0.4) * 1e6,
       1e8 * f, 2.1e8 * f, 2.8e8 * f, 3.6e8 * f, 5e8 * f, now64(3)
     FROM (
       SELECT intDiv(number, {hours:UInt32}) AS endpoint, number % {hours:UInt32} AS hour, ${noise},
         exp(noise) AS f, 18.42 + noise AS log
       FROM numbers(toUInt64({endpoints:UInt32}) * {hours:UInt32})
     )`,
    { start: startMs / 1000, hours: DAYS * 24 - RUNS, endpoints },
  );
  const hours = RUNS + 3;
  for (let first = 0; first < endpoints; first += FILLED_AT_ONCE) {
    await store.longCommand(
      `INSERT INTO ${store.database}.endpoint_minutely
       SELECT toDateTime({start:UInt32} + hour * 3600, 'UTC') AS minute, ${identity}, '1.0.0' AS version, 'GET' AS method,
         concat('/route-', toString(endpoint)) AS route, count() AS requests, countIf(number % 100 = 0) AS errors,
         0 AS slow_requests, sum(ns) AS duration_ns_sum, min(ns) AS duration_ns_min, max(ns) AS duration_ns_max,
         sum(toUInt64(round(log(ns) * 1e6))) AS log_micros_sum,
         sum(toUInt64(round(pow(log(ns), 2) * 1e6))) AS log_squared_micros_sum,
         quantilesBFloat16State(0.5, 0.95, 0.99)(toFloat64(ns)) AS duration_ns_quantiles
       FROM (
         SELECT number, intDiv(number, 300) % {hours:UInt32} AS hour,
           {first:UInt32} + intDiv(number, 300 * {hours:UInt32}) AS endpoint, ${noise},
           (cityHash64(number, {first:UInt32}) % 100000 + 0.5) / 100000 AS u,
           toUInt64(1e8 * exp(0.35 * log(u / (1 - u)) + noise)) AS ns
         FROM numbers(${FILLED_AT_ONCE} * 300 * toUInt64({hours:UInt32}))
       )
       GROUP BY hour, endpoint`,
      { start: (nowMs - hours * HOUR_MS) / 1000, hours, first },
    );
  }
}
