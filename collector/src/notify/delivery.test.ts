import { afterEach, expect, it } from 'vitest';
import { DELIVERY_LIMITS, type Delivery, type DeliveryLimits, deliver } from './delivery.ts';
import { parseTarget } from './target.ts';
import { type Receiver, startReceiver } from './test-receiver.ts';

const LIMITS: DeliveryLimits = { ...DELIVERY_LIMITS, timeoutMs: 2000, retries: 3, backoffMs: 5 };
let receiver: Receiver;

afterEach(() => receiver.close());

const NEVER = new AbortController().signal;

function send(limits: Partial<DeliveryLimits> = {}, stop = NEVER, abandon = NEVER): Promise<Delivery> {
  return deliver(
    parseTarget(`${receiver.url}/hook?a=secret`),
    '{"a":1}',
    'key-1',
    { ...LIMITS, ...limits },
    { stop, abandon },
  );
}

it('posts JSON once to a receiver that takes it', async () => {
  receiver = await startReceiver();
  expect(await send()).toEqual({ outcome: 'sent', attempts: 1 });
  expect(receiver.received).toMatchObject([
    {
      path: '/hook?a=secret',
      body: '{"a":1}',
      headers: { 'content-type': 'application/json', 'idempotency-key': 'key-1', 'user-agent': 'profiler' },
    },
  ]);
});

it.each([500, 503, 429, 408])('tries again after %i, with the same key and body', async (status) => {
  receiver = await startReceiver((index, response) => response.writeHead(index < 2 ? status : 200).end('taken'));
  expect(await send()).toEqual({ outcome: 'sent', attempts: 3 });
  expect(receiver.received.map(({ headers }) => headers['idempotency-key'])).toEqual(['key-1', 'key-1', 'key-1']);
  expect(new Set(receiver.received.map(({ body }) => body)).size).toBe(1);
});

it.each([400, 401, 404, 410, 302])('does not try again after %i', async (status) => {
  receiver = await startReceiver((_, response) => response.writeHead(status, { location: '/elsewhere' }).end());
  expect(await send()).toEqual({ outcome: 'failed', attempts: 1, reason: `HTTP ${status}` });
  expect(receiver.received).toHaveLength(1);
});

it('gives up after the last retry', async () => {
  receiver = await startReceiver((_, response) => response.writeHead(500).end());
  expect(await send()).toEqual({ outcome: 'failed', attempts: 4, reason: 'HTTP 500' });
});

it('waits as long as the receiver asks, within the bound', async () => {
  receiver = await startReceiver((index, response) =>
    response.writeHead(index === 0 ? 429 : 200, index === 0 ? { 'retry-after': '30' } : {}).end(),
  );
  const startMs = performance.now();
  expect(await send({ backoffMsMax: 200 })).toEqual({ outcome: 'sent', attempts: 2 });
  expect(performance.now() - startMs).toBeGreaterThanOrEqual(195);
});

it('counts no answer within the timeout as a failure that may pass', async () => {
  receiver = await startReceiver((index, response) => {
    if (index > 0) response.writeHead(200).end();
  });
  expect(await send({ timeoutMs: 100 })).toEqual({ outcome: 'sent', attempts: 2 });
});

it('says why there was no answer without naming the URL', async () => {
  receiver = await startReceiver((_, response) => response.destroy());
  expect(await send({ retries: 1 })).toMatchObject({
    outcome: 'failed',
    attempts: 2,
    reason: 'no answer: UND_ERR_SOCKET',
  });
  receiver.received.length = 0;
  const gone = await startReceiver();
  await gone.close();
  const target = parseTarget(`${gone.url}/secret`);
  const delivery = await deliver(target, '{}', 'key', { ...LIMITS, retries: 0 }, { stop: NEVER, abandon: NEVER });
  expect(delivery).toEqual({ outcome: 'failed', attempts: 1, reason: 'no answer: ECONNREFUSED' });
});

it('stops waiting for a retry when it is told to', async () => {
  receiver = await startReceiver((_, response) => response.writeHead(500).end());
  const controller = new AbortController();
  const sending = send({ backoffMs: 60_000 }, controller.signal);
  await expect.poll(() => receiver.received.length).toBe(1);
  controller.abort();
  expect(await sending).toEqual({ outcome: 'interrupted', attempts: 1 });
});

it('lets the attempt that is under way end when no further one is wanted', async () => {
  const controller = new AbortController();
  receiver = await startReceiver((_, response) => {
    controller.abort();
    setTimeout(() => response.writeHead(200).end(), 50);
  });
  expect(await send({}, controller.signal)).toEqual({ outcome: 'sent', attempts: 1 });
});

it('gives up the attempt that is under way when it is told to', async () => {
  receiver = await startReceiver(() => {});
  const controller = new AbortController();
  const sending = send({}, controller.signal, controller.signal);
  await expect.poll(() => receiver.received.length).toBe(1);
  controller.abort();
  expect(await sending).toEqual({ outcome: 'interrupted', attempts: 1 });
});
