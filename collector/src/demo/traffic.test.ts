import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { pathOf, startTraffic } from './traffic.ts';

it('a range in a path is each of its numbers in turn', () => {
  expect([0, 1, 2, 3].map((index) => pathOf('/customers/{4..6}/orders', index))).toEqual([
    '/customers/4/orders',
    '/customers/5/orders',
    '/customers/6/orders',
    '/customers/4/orders',
  ]);
  expect(pathOf('/health', 7)).toBe('/health');
});

async function receiver(): Promise<{ url: string; received: string[] }> {
  const received: string[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => {
      body += chunk;
    });
    request.on('end', () => {
      received.push(`${request.method} ${request.url} ${body}`.trim());
      response.end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, received };
}

it('sends every stream at its rate, and moves over to another address without a gap', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'profiler-traffic-'));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  const streams = [
    { method: 'GET', path: '/orders/{1..2}', perSecond: 50 },
    { method: 'POST', path: '/checkout', perSecond: 50, body: { productIds: [] } },
  ];
  writeFileSync(join(directory, 'traffic.json'), JSON.stringify(streams));
  const [first, second] = [await receiver(), await receiver()];

  const traffic = startTraffic(directory, first.url);
  await expect.poll(() => first.received.length).toBeGreaterThan(8);
  traffic.moveTo(second.url);
  await expect.poll(() => second.received.length).toBeGreaterThan(8);
  traffic.stop();

  expect(new Set(first.received)).toEqual(
    new Set(['GET /orders/1', 'GET /orders/2', 'POST /checkout {"productIds":[]}']),
  );
});
