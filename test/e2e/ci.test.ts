// `profiler ci` on a pull request: a shop as it is on the main branch, and as the pull request makes it, both run as their
// tests would run them, against collectors of their own.
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CiReport } from '../../collector/src/cli/ci/report.ts';
import { AppProcess } from '../support/app-process.ts';
import { type CliResult, type CollectorProcess, runProfiler, startCollector } from '../support/collector-process.ts';

const APPS = fileURLToPath(new URL('../apps/pull-request', import.meta.url));
const ITEMS_QUERY = 'SELECT product FROM order_lines WHERE order_id = ?';
const OTHERS_QUERY = 'SELECT count(*) AS n FROM orders WHERE customer = ?';

/** Runs one version of the shop, sends it requests as a test run does, and ends it. */
async function runShop(collector: CollectorProcess, file: string, version: string, paths: readonly string[]) {
  const app = new AppProcess(file, {
    cwd: APPS,
    nodeArgs: ['--import', '@profiler/register'],
    env: {
      OTEL_SERVICE_NAME: 'shop',
      OTEL_RESOURCE_ATTRIBUTES: `service.version=${version}`,
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
    },
  });
  const url = await app.listening();
  for (const path of paths) expect((await fetch(url + path)).status, path).toBe(200);
  await app.end();
}

const times = (count: number, ...paths: string[]) => Array.from({ length: count }, () => paths).flat();

let directory: string;
let production: CollectorProcess;
let test: CollectorProcess;
let saved: string;
let saving: CliResult;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'profiler-ci-'));
  saved = join(directory, 'baseline.json');
  // So that nothing but what the shop does is found on a busy machine.
  const options = { env: { PROFILER_SLOW_QUERY_THRESHOLD_MS: '60000' } };
  [production, test] = await Promise.all([startCollector(options), startCollector(options)]);
  await Promise.all([
    runShop(production, 'before.mjs', '1.0.0', times(8, '/orders', '/orders/3', '/home', '/customers')),
    runShop(test, 'before.mjs', '1.0.1', [
      ...times(3, '/orders', '/orders/7', '/home'),
      '/home',
      '/home',
      '/customers',
    ]),
    runShop(test, 'after.mjs', '1.1.0', times(4, '/orders', '/orders/5', '/home', '/stock')),
  ]);
  // It waits by itself until what was sent a moment ago is there.
  const settle = (collector: CollectorProcess, file: string) => collector.cli('ci', '--wait', '110', '--save', file);
  [saving] = await Promise.all([settle(production, saved), settle(test, join(directory, 'test.json'))]);
});
afterAll(async () => {
  await Promise.all([production?.stop(), test?.stop()]);
  await rm(directory, { recursive: true, force: true });
});

/** Without `--wait`, of a run that is there. */
const ci = (...flags: string[]) => test.cli('ci', '--wait', '0', ...flags);
const report = (result: CliResult): CiReport => JSON.parse(result.stdout);
const verdicts = ({ endpoints }: CiReport) =>
  Object.fromEntries(endpoints.map((each) => [each.endpoint, each.verdict]));

describe('a baseline file', () => {
  it('holds each endpoint with its queries a request, and the queries, and no time', async () => {
    expect(saving).toMatchObject({ code: 0, stdout: '', stderr: expect.stringContaining('saved 4 endpoints') });
    const file = await readFile(saved, 'utf8');
    const { endpoints } = JSON.parse(file);
    expect(endpoints).toMatchObject([
      { endpoint: 'GET /customers', requests: 8, queriesPerRequest: 1, nPlusOnes: [] },
      { endpoint: 'GET /home', requests: 8, queriesPerRequest: 1.25 },
      { endpoint: 'GET /orders', requests: 8, queriesPerRequest: 1 },
      { endpoint: 'GET /orders/:id', requests: 8, queriesPerRequest: 2 },
    ]);
    expect(endpoints[3].queries).toMatchObject([
      { text: 'SELECT id, customer FROM orders WHERE id = ?', callsPerRequest: 1 },
      { text: ITEMS_QUERY, callsPerRequest: 1 },
    ]);
    expect(file).not.toMatch(/Ms"|At"|\d{4}-\d\d-\d\d/);
  });
});

describe.each([
  ['a file', () => ['--baseline', saved]],
  ['the collector of production', () => ['--baseline', production.url]],
])('with %s as the baseline', (_, baseline) => {
  it('the main branch, run again with other requests, passes', async () => {
    const text = await ci('--version-of-app', '1.0.1', ...baseline());
    expect(text).toMatchObject({ code: 0, stderr: '' });
    expect(text.stdout).toMatch(/^same {2}4 endpoints$/m);
    expect(text.stdout).toMatch(/^no endpoint makes more queries than the baseline$/m);
    const json = await ci('--json', '--version-of-app', '1.0.1', ...baseline());
    expect(json.code).toBe(0);
    expect(report(json)).toMatchObject({ ok: true, notExercised: [], current: { endpoints: 4, requests: 12 } });
    // Five visits, one with a cache that had run out: 1.2 queries in place of 1.25.
    expect(report(json).endpoints.find(({ endpoint }) => endpoint === 'GET /home')?.queriesPerRequest).toBe(1.2);
  });

  it('the pull request fails, and is told which endpoint makes which queries more, and on which line', async () => {
    const { code, stdout, stderr } = await ci('--version-of-app', '1.1.0', ...baseline());
    expect({ code, stderr }).toEqual({ code: 1, stderr: '' });
    const source = (await readFile(join(APPS, 'after.mjs'), 'utf8')).split('\n');
    const line = source.findIndex((text) => text.endsWith('// N+1')) + 1;
    expect(stdout.split('\n').slice(3)).toEqual([
      'FAIL  shop  GET /orders  queries a request: 1 -> 7',
      `      new N+1, 6 times a request: ${ITEMS_QUERY}`,
      `      at apps/pull-request/after.mjs:${line} (withLines)`,
      'FAIL  shop  GET /orders/:id  queries a request: 2 -> 3',
      `      1 a request: ${OTHERS_QUERY}`,
      'new   shop  GET /stock  queries a request: 1',
      'same  1 endpoint',
      '      1 of the baseline got no request',
      '',
      '2 endpoints make more queries than the baseline',
      '',
    ]);
  });

  it('as JSON', async () => {
    const result = await ci('--json', '--version-of-app', '1.1.0', ...baseline());
    expect(result.code).toBe(1);
    expect(verdicts(report(result))).toEqual({
      'GET /orders': 'grown',
      'GET /orders/:id': 'grown',
      'GET /home': 'same',
      'GET /stock': 'new',
    });
    expect(report(result)).toMatchObject({
      ok: false,
      endpoints: [
        { baseline: { requests: 8, queriesPerRequest: 1 }, queriesPerRequest: 7, newNPlusOnes: [{ repeats: 6 }] },
        { newNPlusOnes: [], moreCalls: [{ text: OTHERS_QUERY, callsPerRequest: 1, baselineCallsPerRequest: 0 }] },
        {},
        { baseline: null },
      ],
      notExercised: [{ service: 'shop', endpoint: 'GET /customers' }],
    });
  });
});

describe('what is allowed', () => {
  it('is so many queries more, or a part of the baseline, but no new N+1', async () => {
    const args = ['--json', '--version-of-app', '1.1.0', '--baseline', saved];
    for (const flags of [
      ['--allow-queries', '6'],
      ['--allow-percent', '600'],
      ['--min-requests', '9'],
    ]) {
      const result = await ci(...args, ...flags);
      expect(result.code).toBe(1);
      expect(verdicts(report(result))).toMatchObject({
        'GET /orders': 'grown',
        'GET /orders/:id': flags[0] === '--min-requests' ? 'not_compared' : 'same',
      });
    }
  });

  it('is an N+1 that the baseline has', async () => {
    const known = join(directory, 'known.json');
    const args = ['--wait', '0', '--version-of-app', '1.1.0'];
    const both = await test.cli('ci', ...args, '--baseline', saved, '--save', known);
    expect(both).toMatchObject({ code: 1, stderr: expect.stringContaining('saved 4 endpoints') });
    expect((await test.cli('ci', ...args, '--baseline', known)).code).toBe(0);
    // Back on the main branch, it makes fewer.
    const back = await ci('--version-of-app', '1.0.1', '--json', '--baseline', known);
    expect(back.code).toBe(0);
    expect(verdicts(report(back))).toMatchObject({ 'GET /orders': 'fewer', 'GET /customers': 'new' });
  });
});

it('writes a summary for GitHub where the environment says, after what is there', async () => {
  const file = join(directory, 'summary.md');
  await writeFile(file, 'before\n');
  const args = ['ci', '--wait', '0', '--url', test.url, '--version-of-app', '1.1.0', '--baseline', saved];
  expect((await runProfiler(args, { GITHUB_STEP_SUMMARY: file })).code).toBe(1);
  const summary = await readFile(file, 'utf8');
  expect(summary).toMatch(/^before\n### ❌ Profiler: 2 endpoints make more queries than the baseline\n/);
  expect(summary).toMatch(
    /^\| ❌ <code>GET \/orders<\/code> shop \| 1 → 7 \| \*\*new N\+1\*\*, 6 times: .*after\.mjs:\d+/m,
  );
  expect(summary).toMatch(/^\| <code>GET \/stock<\/code> shop \| 1 \| not in the baseline \|$/m);
});

describe('says what is wrong', () => {
  it.each([
    ['nothing to do', [], 2, /--baseline: a file or a URL to compare with, or --save/],
    ['a tolerance that is no number', ['--save', 'x', '--allow-queries', 'few'], 2, /--allow-queries: a number/],
    ['an unknown flag', ['--save', 'x', '--fast'], 2, /unknown option '--fast'/],
    ['a time that is none', ['--save', 'x', '--since', 'monday'], 2, /--since: .*ISO 8601/],
    ['a baseline that is not there', ['--baseline', 'no-such.json'], 2, /no-such\.json cannot be read \(ENOENT\)/],
    [
      'no collector at the baseline',
      ['--baseline', 'http://127.0.0.1:1'],
      1,
      /no collector answers at http:\/\/127\.0\.0\.1:1/,
    ],
    [
      'a service that sent nothing',
      ['--save', 'x', '--service', 'shup'],
      1,
      /no request since 24h at .*service shup.*profiler doctor/,
    ],
  ] as const)('%s', async (_, flags, code, message) => {
    const result = await ci(...flags);
    expect(result).toMatchObject({ code, stdout: '', stderr: expect.stringMatching(message) });
  });

  it('a file that is no baseline, and one without a request of the service', async () => {
    const file = join(directory, 'other.json');
    await writeFile(file, '{"format":"profiler-ci/0","endpoints":[]}');
    expect(await ci('--baseline', file)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('no baseline of this version (format:'),
    });
    await writeFile(file, '{"format":');
    expect(await ci('--baseline', file)).toMatchObject({ code: 1, stderr: expect.stringContaining('is no JSON') });
    await writeFile(file, '{"format":"profiler-ci/1","endpoints":[]}');
    expect(await ci('--baseline', file)).toMatchObject({ code: 1, stderr: expect.stringContaining('has no request') });
  });
});
