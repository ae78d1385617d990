import { request } from 'node:http';
import { networkInterfaces } from 'node:os';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CollectorProcess, runProfiler, startCollector } from '../support/collector-process.ts';

/** Routes of every kind: probes, OTLP, API, metrics, dashboard. */
const ROUTES: readonly (readonly [method: string, path: string])[] = [
  ['GET', '/'],
  ['GET', '/findings'],
  ['GET', '/healthz'],
  ['GET', '/readyz'],
  ['GET', '/metrics'],
  ['GET', '/api/v1/endpoints'],
  ['GET', '/api/v1/nothing'],
  ['POST', '/api/v1/compute'],
  ['POST', '/v1/traces'],
  ['POST', '/v1/logs'],
  ['POST', '/v1/metrics'],
];
const PROBES = ['/healthz', '/readyz'];

interface Answer {
  readonly status: number;
  readonly headers: Record<string, string | string[] | undefined>;
  readonly body: string;
}

/** Not `fetch`, which does not let a program say another Host. */
function ask(url: string, method: string, path: string, headers: Record<string, string> = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = request(
      url + path,
      { method, headers: { 'content-type': 'application/json', ...headers } },
      (response) => {
        let body = '';
        response.on('data', (chunk) => {
          body += chunk;
        });
        response.on('end', () => resolve({ status: response.statusCode!, headers: response.headers, body }));
      },
    );
    sent.on('error', reject);
    sent.end(method === 'POST' ? '{}' : undefined);
  });
}

/** An address of this machine that others can reach, when it has one. */
function otherAddress(): string | undefined {
  return Object.values(networkInterfaces())
    .flat()
    .find((one) => one !== undefined && !one.internal && one.family === 'IPv4')?.address;
}

describe('without a token', () => {
  let collector: CollectorProcess;
  beforeAll(async () => {
    collector = await startCollector();
  });
  afterAll(() => collector?.stop());

  it.each(ROUTES)('%s %s answers this machine', async (method, path) => {
    const port = new URL(collector.url).port;
    for (const host of [`127.0.0.1:${port}`, `localhost:${port}`, `[::1]:${port}`]) {
      expect((await ask(collector.url, method, path, { host })).status).not.toBe(403);
      expect((await ask(collector.url, method, path, { host, origin: `http://${host}` })).status).not.toBe(403);
    }
  });

  it.each(ROUTES)('%s %s refuses the name of another host', async (method, path) => {
    for (const host of ['evil.example', 'localhost.evil.example:4318', '10.1.2.3']) {
      const { status, body } = await ask(collector.url, method, path, { host });
      expect({ status, body }).toEqual({ status: 403, body: expect.stringContaining('error') });
    }
  });

  it.each(ROUTES)("%s %s refuses another site's page", async (method, path) => {
    for (const origin of ['https://evil.example', 'http://localhost:1', 'null']) {
      expect((await ask(collector.url, method, path, { origin })).status).toBe(403);
    }
  });

  it('allows no page of another site to read an answer', async () => {
    const preflight = await ask(collector.url, 'OPTIONS', '/v1/traces', { origin: 'https://evil.example' });
    expect(preflight.status).toBe(403);
    expect(preflight.headers['access-control-allow-origin']).toBeUndefined();
  });

  it('is not there for other machines', async () => {
    const address = otherAddress();
    // Where the machine has no other address there is nobody to keep out; another loopback address stands for one.
    const from = `http://${address ?? '127.0.0.2'}:${new URL(collector.url).port}`;
    await expect(ask(from, 'GET', '/healthz')).rejects.toMatchObject({
      code: expect.stringMatching(/ECONNREFUSED|ETIMEDOUT/),
    });
  });

  it('sends pages that may load nothing from elsewhere and be framed by nobody', async () => {
    const { headers } = await ask(collector.url, 'GET', '/');
    expect(headers['content-security-policy']).toMatch(/^default-src 'self';/);
    expect(headers['content-security-policy']).not.toMatch(/unsafe|\*/);
    expect(headers['content-security-policy']).toMatch(/frame-ancestors 'none'/);
    expect(headers).toMatchObject({
      'x-frame-options': 'DENY',
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
    });
  });

  it('says the same to a sibling that wants its port', async () => {
    const port = new URL(collector.url).port;
    const { code, stdout, stderr } = await runProfiler([
      'start',
      '--port',
      port,
      '--data-dir',
      `${collector.dataDir}-other`,
    ]);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr.trim().split('\n')).toEqual([expect.stringContaining(`port ${port} on 127.0.0.1 is taken`)]);
  });
});

describe('with a token', () => {
  let collector: CollectorProcess;
  beforeAll(async () => {
    collector = await startCollector({ env: { PROFILER_AUTH_TOKEN: 's3cret' } });
  });
  afterAll(() => collector?.stop());

  it.each(ROUTES)('%s %s asks for it', async (method, path) => {
    const open = PROBES.includes(path);
    const { status } = await ask(collector.url, method, path);
    expect(status).toBe(open ? 200 : 401);
    expect((await ask(collector.url, method, path, { authorization: 'Bearer wrong' })).status).toBe(open ? 200 : 401);
    const { status: allowed } = await ask(collector.url, method, path, { authorization: 'Bearer s3cret' });
    expect([200, 404]).toContain(allowed);
  });

  it('is still refused to other names and sites', async () => {
    const authorization = 'Bearer s3cret';
    expect((await ask(collector.url, 'GET', '/', { authorization, host: 'evil.example' })).status).toBe(403);
    expect((await ask(collector.url, 'GET', '/', { authorization, origin: 'https://evil.example' })).status).toBe(403);
  });

  it('is given to a browser once, by the address of a page', async () => {
    const opened = await ask(collector.url, 'GET', '/endpoints?since=7d&token=s3cret');
    expect(opened).toMatchObject({ status: 302, headers: { location: '/endpoints?since=7d' } });
    const cookie = opened.headers['set-cookie']![0]!.split(';')[0]!;
    expect((await ask(collector.url, 'GET', '/', { cookie })).status).toBe(200);
    expect((await ask(collector.url, 'GET', '/api/v1/endpoints', { cookie })).status).toBe(200);
  });

  it('is sent by the command line', async () => {
    const refused = await collector.cli('services');
    expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining('--auth-token') });
    expect(await collector.cli('services', '--json', '--auth-token', 's3cret')).toMatchObject({ code: 0 });
    const { code } = await runProfiler(['services', '--url', collector.url], { PROFILER_AUTH_TOKEN: 's3cret' });
    expect(code).toBe(0);
  });
});

it('does not listen for other machines without a token', async () => {
  const { code, stdout, stderr } = await runProfiler(['start', '--host', '0.0.0.0', '--port', '0']);
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toContain('--auth-token');
});
