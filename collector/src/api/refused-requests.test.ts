import { Hono } from 'hono';
import { describe, expect, it } from 'vitest';
import { RefusedRequests, refusalMessage } from './refused-requests.ts';

function served(status: 200 | 400 | 415, body: string | Uint8Array<ArrayBuffer>) {
  const refused = new RefusedRequests();
  const app = new Hono().use('/v1/*', refused.note).post('/v1/traces', (c) => c.body(body, status));
  return { refused, app };
}

describe('the last refused request', () => {
  it('is known with what its sender was told, and the answer is untouched', async () => {
    const { refused, app } = served(415, '{"code":3,"message":"unsupported content type"}');
    const headers = { 'content-type': 'text/plain', 'user-agent': 'python-requests/2', 'content-length': '12' };
    const answer = await app.request('/v1/traces', { method: 'POST', body: 'no protobuf!', headers });
    expect(await answer.text()).toContain('unsupported content type');
    expect(refused.last).toMatchObject({
      path: '/v1/traces',
      status: 415,
      message: 'unsupported content type',
      contentType: 'text/plain',
      userAgent: 'python-requests/2',
      bytes: 12,
    });
  });

  it('is none while all are accepted', async () => {
    const { refused, app } = served(200, '{}');
    await app.request('/v1/traces', { method: 'POST', body: '{}' });
    expect(refused.last).toBeNull();
  });

  it('keeps a bounded part of what a sender may choose', async () => {
    const { refused, app } = served(400, JSON.stringify({ message: 'x'.repeat(5000) }));
    await app.request('/v1/traces', { method: 'POST', body: 'a', headers: { 'user-agent': 'u'.repeat(5000) } });
    expect(refused.last?.message.length).toBe(300);
    expect(refused.last?.userAgent.length).toBe(300);
  });
});

describe('the message of an answer', () => {
  it.each([
    ['a short Status', '0803120568656c6c6f', 'hello'],
    ['a Status without a code', '120568656c6c6f', 'hello'],
    ['a Status with a long message', `08031290 01${'61'.repeat(144)}`.replace(' ', ''), 'a'.repeat(144)],
    ['an empty body', '', ''],
    ['a Status that ends early', '080312ff', ''],
    ['other bytes', 'ffffff', ''],
  ])('is read from %s', (_, hex, message) => {
    expect(refusalMessage(Buffer.from(hex, 'hex'))).toBe(message);
  });

  it('is read from JSON, of OTLP and of our own', () => {
    expect(refusalMessage(Buffer.from('{"code":3,"message":"m"}'))).toBe('m');
    expect(refusalMessage(Buffer.from('{"error":"e"}'))).toBe('e');
    expect(refusalMessage(Buffer.from('{"mess'))).toBe('');
  });
});
