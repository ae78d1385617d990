// What a webhook's receiver gets from the collector that a user starts: real spans in, real HTTP out, and the process
// stopped and killed at the moments that matter. Windows of a day, so that none ends while a test runs.

import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, expect, it } from 'vitest';
import { AppProcess } from '../support/app-process.ts';
import { ask, sendRequests, untilStored } from '../support/requests.ts';
import { lastTwoWindows } from '../support/windows.ts';

const PROFILER = fileURLToPath(new URL('../../collector/bin/profiler.cjs', import.meta.url));
const WINDOW_MINUTES = 1440;
/** Long enough for a second copy to arrive, were there one. */
const QUIET_MS = 3000;
const WAIT = { timeout: 30_000, interval: 50 };

interface Received {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

const opened: (() => unknown)[] = [];

afterEach(async () => {
  for (const close of opened.splice(0).reverse()) await close();
});

async function startReceiver(answer = (_index: number, response: ServerResponse): unknown => response.end('ok')) {
  const received: Received[] = [];
  const server = createServer(async (request, response) => {
    let text = '';
    for await (const chunk of request) text += chunk;
    received.push({ path: request.url ?? '', headers: request.headers, text });
    answer(received.length - 1, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  opened.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, received };
}

async function dataDirectory(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'profiler-webhook-'));
  opened.push(() => rm(path, { recursive: true, force: true }));
  return path;
}

async function startCollector(dataDir: string, webhookUrl: string) {
  const collector = new AppProcess('start', {
    cwd: dataDir,
    command: [process.execPath, PROFILER],
    env: {
      PROFILER_PORT: '0',
      PROFILER_DATA_DIR: dataDir,
      PROFILER_WEBHOOK_URL: webhookUrl,
      PROFILER_AGGREGATION_WINDOW_MINUTES: String(WINDOW_MINUTES),
      PROFILER_REGRESSION_MIN_REQUESTS: '20',
      PROFILER_REGRESSION_RESPONSE_TIME_FACTOR: '2',
      PROFILER_REGRESSION_ERROR_RATE_DELTA: '0.1',
      PROFILER_IGNORED_PATHS: '/admin',
    },
  });
  opened.push(() => collector.end('SIGKILL'));
  return { collector, origin: await collector.listening() };
}

/** An endpoint that became slower, and one that fails more often, by version 1.1.0. */
async function sendRegressions(origin: string): Promise<void> {
  const { baselineMs, currentMs } = await lastTwoWindows(WINDOW_MINUTES, 60_000);
  const baseline = { startMs: baselineMs, version: '1.0.0' };
  const current = { startMs: currentMs, version: '1.1.0' };
  await sendRequests(
    origin,
    { ...baseline, count: 40, durationMs: 120.5, route: '/orders' },
    { ...current, count: 50, durationMs: 890.25, route: '/orders' },
    { ...baseline, count: 50, durationMs: 10, errors: 1, route: '/pay' },
    { ...current, count: 40, durationMs: 10, errors: 13, route: '/pay' },
  );
  await untilStored(origin, 180);
}

const compute = (origin: string) =>
  ask<{ windowStart: string; regressions: { key: string; kind: string }[] }>(origin, '/compute', { method: 'POST' });

const quiet = () => new Promise((resolve) => setTimeout(resolve, QUIET_MS));
const keys = (received: readonly Received[]) => received.map(({ headers }) => headers['idempotency-key']).sort();
/** The alerts in a generic body. */
const alertsOf = ({ text }: Received): string[] =>
  (JSON.parse(text) as { regressions: { key: string }[] }).regressions.map(({ key }) => key).sort();

it("sends the Django profiler's payload, and Slack's and Discord's shapes, of a slower and of a failing endpoint", async () => {
  const { url, received } = await startReceiver();
  const secret = 'T0-secret-token';
  const { origin, collector } = await startCollector(
    await dataDirectory(),
    `${url}/json/${secret},${url}/slack/${secret}#slack,${url}/discord/${secret}#discord`,
  );
  await sendRegressions(origin);
  const { regressions, windowStart } = await compute(origin);
  expect(regressions.map(({ kind }) => kind).sort()).toEqual(['error_rate', 'response_time']);
  await expect.poll(() => received.length, WAIT).toBe(3);

  const body = (name: string) => JSON.parse(received.find(({ path }) => path === `/${name}/${secret}`)!.text);
  // One deploy, one notification: the worst endpoint in the Django profiler's fields, all of them beside.
  const generic = body('json');
  expect(generic).toMatchObject({
    ...{ type: 'response_time', route: '/orders', previous_avg_ms: 120.5, current_avg_ms: 890.25 },
    ...{ service: 'shop', method: 'GET', version: '1.1.0', state: 'firing', windowStart, endpointCount: 2 },
    regressions: [
      { kind: 'response_time', route: '/orders', baseline: 120.5, current: 890.25 },
      { kind: 'error_rate', route: '/pay', baseline: 0.02, current: 0.325 },
    ],
  });
  const headline = 'shop: 2 endpoints regressed since 1.1.0; worst: GET /orders became slower: 120.5 ms to 890.3 ms';
  const slack = body('slack');
  expect(slack).toEqual({ text: headline, blocks: expect.any(Array) });
  expect(slack.blocks.map(({ type }: { type: string }) => type)).toEqual(['header', 'section', 'context']);
  expect(slack.blocks[1].text.text).toContain('GET /pay fails more often: 2.0 % to 32.5 % of requests');
  expect(body('discord')).toMatchObject({ content: expect.any(String), embeds: [{ description: expect.any(String) }] });

  // The same notification has the same key wherever it goes; the URLs, which are secrets, are in no log.
  expect(keys(received)).toEqual(Array(3).fill(generic.notificationKey));
  expect(generic.regressions.map(({ key }: { key: string }) => key).sort()).toEqual(
    regressions.map(({ key }) => key).sort(),
  );
  expect(collector.stdout + collector.stderr).not.toContain(secret);
});

it('tries again after a 500, with the same Idempotency-Key', async () => {
  const { url, received } = await startReceiver((index, response) => response.writeHead(index === 0 ? 500 : 200).end());
  const { origin } = await startCollector(await dataDirectory(), url);
  await sendRegressions(origin);
  await compute(origin);
  await expect.poll(() => received.length, WAIT).toBe(2);
  await quiet();
  expect(received).toHaveLength(2);
  const [failed, again] = received;
  expect(again!.headers['idempotency-key']).toBe(failed!.headers['idempotency-key']);
  expect(again!.text).toBe(failed!.text);
});

it('sends no second copy: not when computed again, not after a stop, not after a kill', async () => {
  const { url, received } = await startReceiver();
  const dataDir = await dataDirectory();
  const first = await startCollector(dataDir, url);
  await sendRegressions(first.origin);
  const found = await compute(first.origin);
  expect(await compute(first.origin)).toEqual(found);
  await expect.poll(() => received.length, WAIT).toBe(1);
  await quiet();
  expect(await first.collector.end('SIGTERM')).toMatchObject({ code: 0 });

  const second = await startCollector(dataDir, url);
  expect((await compute(second.origin)).regressions.map(({ key }) => key).sort()).toEqual(
    found.regressions.map(({ key }) => key).sort(),
  );
  await quiet();
  await second.collector.end('SIGKILL');

  const third = await startCollector(dataDir, url);
  await compute(third.origin);
  await quiet();
  expect(received).toHaveLength(1);
  expect(alertsOf(received[0]!)).toEqual(found.regressions.map(({ key }) => key).sort());
});

it('sends again, with the same Idempotency-Key and body, what no receiver answered before a kill', async () => {
  let isDown = true;
  const { url, received } = await startReceiver((_, response) => {
    if (!isDown) response.end();
  });
  const dataDir = await dataDirectory();
  const first = await startCollector(dataDir, url);
  await sendRegressions(first.origin);
  await compute(first.origin);
  await expect.poll(() => received.length, WAIT).toBe(1);
  await first.collector.end('SIGKILL');

  isDown = false;
  const unanswered = received[0]!;
  const second = await startCollector(dataDir, url);
  await expect.poll(() => received.length, WAIT).toBe(2);
  await compute(second.origin);
  await quiet();
  expect(received).toHaveLength(2);
  const again = received[1]!;
  expect(again.headers['idempotency-key']).toBe(unanswered.headers['idempotency-key']);
  expect(again.text).toBe(unanswered.text);
});

it('repeats nothing but the same Idempotency-Key when killed between the answer and the record', async () => {
  let kill: (() => void) | undefined;
  const { url, received } = await startReceiver((_, response) => response.end(() => kill?.()));
  const dataDir = await dataDirectory();
  const first = await startCollector(dataDir, url);
  await sendRegressions(first.origin);
  const killed = new Promise((resolve) => {
    kill = () => {
      kill = undefined;
      resolve(first.collector.end('SIGKILL'));
    };
  });
  // The collector may die before it has answered.
  const { regressions } = await compute(first.origin).catch(() => ({ regressions: undefined }));
  await killed;

  const second = await startCollector(dataDir, url);
  const after = await compute(second.origin);
  if (regressions !== undefined) expect(after.regressions).toEqual(regressions);
  await quiet();
  // One deploy; if it was being recorded when the kill came, it may have come twice.
  expect(received.length).toBeGreaterThanOrEqual(1);
  expect(received.length).toBeLessThanOrEqual(2);
  expect(new Set(keys(received)).size).toBe(1);
  expect(new Set(received.map(({ text }) => text)).size).toBe(1);
  expect(alertsOf(received[0]!)).toEqual((after.regressions as { key: string }[]).map(({ key }) => key).sort());
});
