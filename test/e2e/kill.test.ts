// A collector that is killed in the middle of traffic starts again on the same directory, and what it acknowledged is
// there.

import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { openStore } from '../../collector/src/store/open-store.ts';
import { type CollectorProcess, eventually, startCollector } from '../support/collector-process.ts';
import { CONTENT_TYPES, encodeTraces, type OtlpSpan } from '../support/otlp.ts';

const KILLS = 4;
const SENDERS = 4;
const SPANS_PER_REQUEST = 50;

const directories: string[] = [];
afterAll(async () => {
  for (const directory of directories) await rm(directory, { recursive: true, force: true, maxRetries: 5 });
});

let ids = 0;

function requestSpans(): OtlpSpan[] {
  const startTimeUnixNano = BigInt(Date.now()) * 1_000_000n;
  return Array.from({ length: SPANS_PER_REQUEST }, () => {
    ids++;
    return {
      traceId: ids.toString(16).padStart(32, '0'),
      spanId: ids.toString(16).padStart(16, '0'),
      name: 'GET /kill',
      kind: 2,
      startTimeUnixNano,
      endTimeUnixNano: startTimeUnixNano + 1_000_000n,
      attributes: { 'http.request.method': 'GET', 'http.route': '/kill' },
    };
  });
}

/** Sends until the collector is gone, and notes what it acknowledged. */
async function sendUntilGone(url: string, acknowledged: Set<string>, sent: Set<string>): Promise<void> {
  for (;;) {
    const spans = requestSpans();
    for (const { spanId } of spans) sent.add(spanId);
    const body = encodeTraces([{ resource: { 'service.name': 'shop' }, spans }], 'protobuf');
    const headers = { 'content-type': CONTENT_TYPES.protobuf };
    const response = await fetch(`${url}/v1/traces`, { method: 'POST', body, headers }).catch(() => undefined);
    if (response === undefined) return;
    if (response.status === 200) for (const { spanId } of spans) acknowledged.add(spanId);
  }
}

it('keeps everything that it acknowledged over kill -9', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'profiler-kill-'));
  directories.push(dataDir);
  const acknowledged = new Set<string>();
  const sent = new Set<string>();
  let collector: CollectorProcess;
  for (let kill = 0; kill < KILLS; kill++) {
    collector = await startCollector({ dataDir });
    const before = acknowledged.size;
    const senders = Array.from({ length: SENDERS }, () => sendUntilGone(collector.url, acknowledged, sent));
    await eventually(
      async () => acknowledged.size,
      (size) => size > before,
    );
    // At different moments of a segment's life: filling, being inserted, being removed.
    await new Promise((resolve) => setTimeout(resolve, 300 + kill * 350));
    await collector.stop('SIGKILL');
    await Promise.all(senders);
  }

  collector = await startCollector({ dataDir });
  const spool = join(dataDir, 'spool');
  const segments = async () => (await readdir(spool)).filter((name) => name.endsWith('.segment')).length;
  await eventually(segments, (count) => count === 0);
  expect(await readdir(join(spool, 'quarantine'))).toEqual([]);
  expect(await collector.stop()).toBe(0);

  const store = await openStore({ dataDir: join(dataDir, 'clickhouse') });
  try {
    const rows = await store.query<{ span_id: string }>(`SELECT DISTINCT span_id FROM ${store.database}.spans`);
    const stored = new Set(rows.map((row) => row.span_id));
    const missing = [...acknowledged].filter((spanId) => !stored.has(spanId));
    expect(missing).toEqual([]);
    expect([...stored].filter((spanId) => !sent.has(spanId))).toEqual([]);
    expect(acknowledged.size).toBeGreaterThan(KILLS * SPANS_PER_REQUEST);
  } finally {
    await store.close();
  }
});
