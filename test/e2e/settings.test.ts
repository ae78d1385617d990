// Every setting of the Django profiler does what it says, in the collector that a user starts. Two collectors, one with
// the defaults and one with everything changed, get the same spans and must differ by just what was set.

import { execFile } from 'node:child_process';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AppProcess } from '../support/app-process.ts';
import { ask, type Requests, sendRequests, untilStored } from '../support/requests.ts';
import { lastTwoWindows } from '../support/windows.ts';

const PROFILER = fileURLToPath(new URL('../../collector/bin/profiler.cjs', import.meta.url));

/** The settings of whoever runs the tests stay out of them. */
const UNSET = Object.fromEntries(
  Object.keys(process.env)
    .filter((name) => name.startsWith('PROFILER_'))
    .map((name) => [name, '']),
);

const CHANGED = {
  PROFILER_SLOW_REQUEST_THRESHOLD_MS: '200',
  PROFILER_AGGREGATION_WINDOW_MINUTES: '5',
  PROFILER_IGNORED_PATHS: '/health,/internal',
  PROFILER_N_PLUS_ONE_THRESHOLD: '5',
  PROFILER_SLOW_QUERY_THRESHOLD_MS: '20',
  PROFILER_REGRESSION_RESPONSE_TIME_FACTOR: '1.5',
  PROFILER_REGRESSION_ERROR_RATE_DELTA: '0.05',
  PROFILER_REGRESSION_MIN_REQUESTS: '10',
  PROFILER_REGRESSION_RULES: 'ratio',
};

interface Started {
  readonly process: AppProcess;
  readonly origin: string;
  end(): Promise<void>;
}

async function startCollector(env: Readonly<Record<string, string>>): Promise<Started> {
  const dataDir = await mkdtemp(join(tmpdir(), 'profiler-settings-'));
  const process_ = new AppProcess('start', {
    cwd: dataDir,
    command: [process.execPath, PROFILER],
    env: { ...UNSET, PROFILER_PORT: '0', PROFILER_DATA_DIR: dataDir, ...env },
  });
  return {
    process: process_,
    origin: await process_.listening(),
    async end() {
      await process_.end('SIGKILL');
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

interface List<Row> {
  readonly items: Row[];
}

interface RegressionRow {
  readonly kind: string;
  readonly endpoint: string;
  readonly version: string;
}

interface ComputeAnswer {
  readonly windowStart: string;
  readonly windowMinutes: number;
  readonly regressions: RegressionRow[];
}

const compute = (origin: string) => ask<ComputeAnswer>(origin, '/compute', { method: 'POST' });

function run(args: readonly string[], env: Readonly<Record<string, string>> = {}, cwd = tmpdir()) {
  return new Promise<{ code: number; stdout: string; stderr: string }>((resolve) => {
    const options = { cwd, env: { ...process.env, ...UNSET, ...env } };
    execFile(process.execPath, [PROFILER, ...args], options, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr });
    });
  });
}

describe('with the defaults, and with every setting changed', () => {
  let defaults: Started;
  let changed: Started;
  const both = () => [defaults, changed] as const;

  beforeAll(async () => {
    [defaults, changed] = await Promise.all([startCollector({}), startCollector(CHANGED)]);
  });

  afterAll(() => Promise.all([defaults?.end(), changed?.end()]));

  /** The same to both, one request a group; it can be asked for when this resolves. Each test has a service of its own. */
  async function send(service: string, groups: readonly Requests[]): Promise<void> {
    for (const { origin } of both()) {
      await sendRequests(origin, ...groups.map((group) => ({ ...group, service })));
      await untilStored(origin, groups.length, `&service=${service}`);
    }
  }

  async function rows<Row, Value>(path: string, value: (row: Row) => Value): Promise<[Value[], Value[]]> {
    const [first, second] = await Promise.all(both().map(({ origin }) => ask<List<Row>>(origin, path)));
    return [first!.items.map(value).sort(), second!.items.map(value).sort()];
  }

  it('PROFILER_SLOW_REQUEST_THRESHOLD_MS: a request that takes so long or longer is slow', async () => {
    const durationsMs = [199, 200, 999, 1000];
    await send(
      'slow-requests',
      durationsMs.map((durationMs) => ({ durationMs, route: `/takes-${durationMs}` })),
    );
    const slow = await rows('/requests?service=slow-requests&slow=true', ({ route }: { route: string }) => route);
    expect(slow).toEqual([['/takes-1000'], ['/takes-1000', '/takes-200', '/takes-999']]);
    const counted = await rows('/endpoints?service=slow-requests', (row: { route: string; slowRequests: number }) => [
      row.route,
      row.slowRequests,
    ]);
    expect(counted[0]).toContainEqual(['/takes-999', 0]);
    expect(counted[1]).toContainEqual(['/takes-999', 1]);
  });

  it('PROFILER_IGNORED_PATHS: requests under these paths, by whole segments, go with all their queries', async () => {
    const paths = [
      '/admin',
      '/admin/users',
      '/administer',
      '/static/a.css',
      '/favicon.ico',
      '/health/live',
      '/internal',
    ];
    const kept = [
      ['/administer', '/health/live', '/internal'],
      ['/admin', '/admin/users', '/administer', '/favicon.ico', '/static/a.css'],
    ];
    const query = { text: 'SELECT * FROM items WHERE id = 1', calls: 10, durationMs: 1 };
    for (const [index, { origin }] of both().entries()) {
      await sendRequests(origin, ...paths.map((route) => ({ durationMs: 20, route, query, service: 'ignored-paths' })));
      await untilStored(origin, kept[index]!.length, '&service=ignored-paths');
      const findings = async () => {
        const { items } = await ask<List<{ endpoint: string }>>(origin, '/findings?service=ignored-paths');
        return items.map(({ endpoint }) => endpoint.replace('GET ', '')).sort();
      };
      await expect.poll(findings, { timeout: 20_000 }).toEqual(kept[index]);
    }
    const listed = await rows('/requests?service=ignored-paths', ({ route }: { route: string }) => route);
    expect(listed).toEqual(kept);
  });

  it('PROFILER_N_PLUS_ONE_THRESHOLD: the same query so often in a request is an N+1', async () => {
    await send(
      'n-plus-one',
      [2, 3, 4, 5].map((calls) => ({
        durationMs: 50,
        route: `/loads-${calls}`,
        query: { text: `SELECT * FROM items WHERE order_id = ${calls}`, calls, durationMs: 1 },
      })),
    );
    const endpoints = () =>
      rows('/findings?service=n-plus-one&type=n_plus_one', ({ endpoint }: { endpoint: string }) => endpoint);
    await expect
      .poll(endpoints, { timeout: 20_000 })
      .toEqual([['GET /loads-3', 'GET /loads-4', 'GET /loads-5'], ['GET /loads-5']]);
    const marked = await rows('/requests?service=n-plus-one&nPlusOne=true', ({ route }: { route: string }) => route);
    expect(marked).toEqual([['/loads-3', '/loads-4', '/loads-5'], ['/loads-5']]);
  });

  it('PROFILER_SLOW_QUERY_THRESHOLD_MS: a query that takes so long or longer is slow', async () => {
    await send(
      'slow-queries',
      [19, 20, 99, 100].map((durationMs) => ({
        durationMs: 150,
        route: `/asks-${durationMs}`,
        query: { text: 'SELECT sum(total) FROM orders', calls: 1, durationMs },
      })),
    );
    const endpoints = () =>
      rows('/findings?service=slow-queries&type=slow_query', ({ endpoint }: { endpoint: string }) => endpoint);
    await expect
      .poll(endpoints, { timeout: 20_000 })
      .toEqual([['GET /asks-100'], ['GET /asks-100', 'GET /asks-20', 'GET /asks-99']]);
  });

  it('PROFILER_AGGREGATION_WINDOW_MINUTES: summaries come in windows of this length', async () => {
    const { currentMs } = await lastTwoWindows(60);
    const atMinutes = [0, 4, 5, 59];
    await send(
      'windows',
      atMinutes.map((minute) => ({ startMs: currentMs + minute * 60_000, durationMs: 10, route: '/orders' })),
    );
    const numbers = await rows(
      '/summaries?service=windows',
      (row: { windowStart: string; windowMinutes: number; requests: number }) => [
        (Date.parse(row.windowStart) - currentMs) / 60_000,
        row.windowMinutes,
        row.requests,
      ],
    );
    expect(numbers[0]).toEqual([[0, 60, 4]]);
    expect(numbers[1]).toEqual([
      [0, 5, 2],
      [5, 5, 1],
      [55, 5, 1],
    ]);
  });

  it('PROFILER_REGRESSION_*: how much slower, how many more errors, of how many requests, is a regression', async () => {
    const pairs = [
      { route: '/slower-1.4', current: { durationMs: 140 } },
      { route: '/slower-1.8', current: { durationMs: 180 } },
      { route: '/slower-2', current: { durationMs: 200 } },
      { route: '/slower-2.2', current: { durationMs: 220 } },
      { route: '/failing-2', current: { durationMs: 100, errors: 1 } },
      { route: '/failing-8', current: { durationMs: 100, errors: 2 } },
      { route: '/failing-12', current: { durationMs: 100, errors: 3 } },
      { route: '/few', count: 10, current: { durationMs: 900 } },
      { route: '/fewer', count: 9, current: { durationMs: 900 } },
    ];
    const expected = [
      ['error_rate GET /failing-12', 'response_time GET /slower-2.2'],
      [
        'error_rate GET /failing-12',
        'error_rate GET /failing-8',
        'response_time GET /few',
        'response_time GET /slower-1.8',
        'response_time GET /slower-2',
        'response_time GET /slower-2.2',
      ],
    ];
    for (const [index, { origin }] of both().entries()) {
      const { baselineMs, currentMs } = await lastTwoWindows([60, 5][index]!);
      await sendRequests(
        origin,
        ...pairs.flatMap(({ route, count = 25, current }) => [
          { startMs: baselineMs, count, durationMs: 100, route, service: 'regressions' },
          { startMs: currentMs, count, route, service: 'regressions', ...current },
        ]),
      );
      await untilStored(origin, 2 * (7 * 25 + 10 + 9), '&service=regressions');
      const { regressions, windowStart } = await compute(origin);
      expect(windowStart).toBe(new Date(currentMs).toISOString());
      expect(regressions.map(({ kind, endpoint }) => `${kind} ${endpoint}`).sort()).toEqual(expected[index]);
    }
  });
});

describe.each([1, 5, 60, 1440])('with windows of %i minutes', (minutes) => {
  let collector: Started;

  beforeAll(async () => {
    collector = await startCollector({ PROFILER_AGGREGATION_WINDOW_MINUTES: String(minutes) });
  });

  afterAll(() => collector?.end());

  it('`profiler compute` prints what it found, and the regression is logged as a warning', async () => {
    const { origin } = collector;
    const { baselineMs, currentMs } = await lastTwoWindows(minutes);
    await sendRequests(
      origin,
      { startMs: baselineMs, count: 20, durationMs: 100, route: '/orders', version: '1.0.0' },
      { startMs: currentMs + minutes * 60_000 - 1000, count: 20, durationMs: 300, route: '/orders', version: '1.1.0' },
    );
    await untilStored(origin, 40);
    const { code, stdout } = await run(['compute', '--url', origin]);
    expect(code).toBe(0);
    const explained =
      /GET \/orders took 300\.0 ms on average over 20 requests, 3\.0 times the 100\.0 ms .* Version 1\.1\.0 came/;
    expect(stdout).toMatch(explained);
    expect(collector.process.stderr).toMatch(new RegExp(`warning regression: shop: ${explained.source}`));

    const answer = JSON.parse((await run(['compute', '--url', origin, '--json'])).stdout) as ComputeAnswer;
    expect(answer).toMatchObject({
      windowMinutes: minutes,
      regressions: [{ kind: 'response_time', version: '1.1.0' }],
    });
    expect(collector.process.stderr.match(/warning regression/g)).toHaveLength(1);
  });
});

describe('a wrong value', () => {
  const WRONG = {
    PROFILER_SLOW_REQUEST_THRESHOLD_MS: 'fast',
    PROFILER_AGGREGATION_WINDOW_MINUTES: '1441',
    PROFILER_IGNORED_PATHS: '/admin,static',
    PROFILER_N_PLUS_ONE_THRESHOLD: '0',
    PROFILER_SLOW_QUERY_THRESHOLD_MS: '-1',
    PROFILER_REGRESSION_RESPONSE_TIME_FACTOR: '0.5',
    PROFILER_REGRESSION_ERROR_RATE_DELTA: '10%',
    PROFILER_REGRESSION_MIN_REQUESTS: '2.5',
    PROFILER_REGRESSION_RULES: 'ratio,scam',
    PROFILER_WEBHOOK_URL: 'https://hooks.example.com/a,secret-in-no-url',
  };

  it('is refused at the start, with every mistake named at once and nothing touched', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'profiler-wrong-'));
    const { code, stdout, stderr } = await run(['start', '--port', '99999', '--data-dir', 'data'], WRONG, directory);
    expect(code).toBe(2);
    expect(stdout).toBe('');
    const lines = stderr.trim().split('\n');
    for (const name of [...Object.keys(WRONG), '--port']) {
      expect(lines.filter((line) => line.includes(name))).toHaveLength(1);
    }
    expect(lines).toHaveLength(Object.keys(WRONG).length + 1);
    expect(stderr).not.toContain('secret-in-no-url');
    expect(await readdir(directory)).toEqual([]);
    await rm(directory, { recursive: true });
  });

  it.each(Object.entries(WRONG))('%s=%s is refused by itself, and what is allowed is said', async (name, value) => {
    const { code, stderr } = await run(['start', '--port', '0'], { [name]: value });
    expect(code).toBe(2);
    expect(stderr.trim().split('\n')).toEqual([expect.stringMatching(`${name}.*allowed: .+`)]);
  });

  it.each(['0', '1441', '1.5', '-5', 'hour'])('a window of %s minutes is refused', async (minutes) => {
    const { code } = await run(['start', '--port', '0'], { PROFILER_AGGREGATION_WINDOW_MINUTES: minutes });
    expect(code).toBe(2);
  });
});
