import { Hono } from 'hono';
import { describe, expect, it } from 'vitest';
import { guard } from './guard.ts';

function app(host = '127.0.0.1', authToken?: string) {
  return new Hono().use(guard({ host, authToken })).all('*', (c) => c.text('in'));
}

const status = async (server: Hono, headers: Record<string, string>, path = '/api/v1/endpoints', method = 'GET') =>
  (await server.request(`http://x${path}`, { method, headers })).status;

describe('Host', () => {
  it.each(['localhost', 'localhost:4318', '127.0.0.1:4318', '[::1]:4318', 'LOCALHOST'])('lets %s in', async (host) => {
    expect(await status(app(), { host })).toBe(200);
  });

  it.each([
    'evil.example',
    'evil.example:4318',
    'localhost.evil.example',
    '127.0.0.1.evil.example',
    '10.0.0.1',
    '',
    '[::2]',
  ])('refuses %s', async (host) => {
    expect(await status(app(), { host })).toBe(403);
    expect(await status(app(), { host }, '/healthz')).toBe(403);
  });

  it('lets the address in that it is bound to, and any name when bound to all', async () => {
    expect(await status(app('10.0.0.5', 't'), { host: '10.0.0.5:4318', authorization: 'Bearer t' })).toBe(200);
    expect(await status(app('fd00::5', 't'), { host: '[fd00::5]:4318', authorization: 'Bearer t' })).toBe(200);
    expect(await status(app('0.0.0.0', 't'), { host: 'collector.internal', authorization: 'Bearer t' })).toBe(200);
  });
});

describe('Origin', () => {
  it.each(['http://localhost:4318', 'https://localhost:4318'])('lets %s in', async (origin) => {
    expect(await status(app(), { host: 'localhost:4318', origin })).toBe(200);
  });

  it.each([
    'http://localhost:3000',
    'http://127.0.0.1:4318',
    'https://evil.example',
    'null',
    'http://localhost:4318.evil.example',
  ])('refuses %s', async (origin) => {
    expect(await status(app(), { host: 'localhost:4318', origin })).toBe(403);
    expect(await status(app(), { host: 'localhost:4318', origin }, '/v1/traces', 'POST')).toBe(403);
  });
});

describe('a token', () => {
  const host = 'localhost';

  it('is asked for everywhere but at the probes', async () => {
    const server = app('127.0.0.1', 's3cret');
    for (const path of ['/', '/api/v1/status', '/metrics', '/v1/traces', '/healthzz']) {
      expect(await status(server, { host }, path)).toBe(401);
    }
    expect(await status(server, { host }, '/healthz')).toBe(200);
    expect(await status(server, { host }, '/readyz')).toBe(200);
  });

  it('is taken as a bearer token only when it is the right one', async () => {
    const server = app('127.0.0.1', 's3cret');
    expect(await status(server, { host, authorization: 'Bearer s3cret' })).toBe(200);
    expect(await status(server, { host, authorization: 'bearer s3cret' })).toBe(200);
    for (const authorization of ['Bearer s3cre', 'Bearer s3crett', 'Bearer ', 'Basic s3cret', 's3cret']) {
      expect(await status(server, { host, authorization })).toBe(401);
    }
  });

  it('gives a browser a cookie, once, and leaves the address', async () => {
    const server = app('127.0.0.1', 's3cret');
    const opened = await server.request('http://x//findings?since=7d&token=s3cret', { headers: { host } });
    expect(opened.status).toBe(302);
    expect(opened.headers.get('location')).toBe('/findings?since=7d');
    const cookie = opened.headers.get('set-cookie')!;
    expect(cookie).toMatch(/HttpOnly/);
    expect(cookie).toMatch(/SameSite=Strict/);
    expect(cookie).not.toContain('s3cret');
    expect(await status(server, { host, cookie: cookie.split(';')[0]! })).toBe(200);
    expect(await status(server, { host, cookie: 'profiler_session=s3cret' })).toBe(401);
    expect(await status(server, { host }, '/?token=wrong')).toBe(401);
  });
});
