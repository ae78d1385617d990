/**
 * What each stage of the write path takes, alone, in CPU time of all threads of this process. Prints JSON. Each runs for a
 * few rounds and the best counts: what else the machine does can only make it worse.
 */
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createAdaptorServer } from '@hono/node-server';
import { Registry } from 'prom-client';
import { createIngest } from '../../collector/src/ingest/ingest.ts';
import type { Decoded } from '../../collector/src/otlp/decoded.ts';
import { OtlpDecoder } from '../../collector/src/otlp/otlp-decoder.ts';
import { otlpRoutes } from '../../collector/src/otlp/routes.ts';
import type { BlockSource } from '../../collector/src/store/block-source.ts';
import { migrate } from '../../collector/src/store/migrate.ts';
import { readMigrations } from '../../collector/src/store/migration-files.ts';
import { openStore } from '../../collector/src/store/open-store.ts';
import type { Store } from '../../collector/src/store/store.ts';
import type { OtlpEncoding } from '../support/otlp.ts';
import { ExportClient } from './export-client.ts';
import { LoadBodies } from './load-bodies.ts';
import type { StageCost } from './stage-rows.ts';

const BODIES = 60;
const SPANS_PER_BODY = 512;
const SPANS = BODIES * SPANS_PER_BODY;
const ROUNDS = 5;
/** As many as the collector puts into one insert at full load. */
const BODIES_PER_INSERT = 20;
const SETTINGS = { slowRequestThresholdMs: 1_000, ignoredPaths: ['/admin'], retentionDays: 7 };
const SQL = new URL('../../clickhouse/', import.meta.url);

const log = { info() {}, warn: note, error: note };
const directory = await mkdtemp(join(tmpdir(), 'profiler-stages-'));
const shape = { seed: 1, run: 1, spansPerBody: SPANS_PER_BODY, services: 6 };
const LOAD = {
  protobuf: new LoadBodies({ ...shape, encoding: 'protobuf' }),
  json: new LoadBodies({ ...shape, encoding: 'json' }),
};
let nextBody = 0;
try {
  const costs: StageCost[] = [];
  for (const encoding of ['protobuf', 'json'] as const) {
    costs.push(await decodeCost(encoding));
  }
  costs.push(await receiveCost('protobuf', costs[0]!));
  costs.push(await spoolCost());
  costs.push(await insertCost());
  process.stdout.write(`${JSON.stringify(costs)}\n`);
} finally {
  await rm(directory, { recursive: true, force: true, maxRetries: 5 });
}

async function decodeCost(encoding: OtlpEncoding): Promise<StageCost> {
  const decoder = new OtlpDecoder(SETTINGS);
  const prepare = () => freshBodies(encoding);
  return cost(`decode ${encoding}`, prepare, async (bodies) => {
    for (const body of bodies) decoder.decodeAtOnce('traces', encoding, body);
  });
}

/** Through the routes, to an ingest that forgets; less what decoding takes, and less the sender, which is here too. */
async function receiveCost(encoding: OtlpEncoding, decode: StageCost): Promise<StageCost> {
  const routes = otlpRoutes({
    ingest: {
      async take(_, decode) {
        await decode();
        return { rejected: 0, message: '' };
      },
      fill: () => 0,
      ensureRoom: () => {},
    },
    decodeSettings: SETTINGS,
    registry: new Registry(),
    log,
  });
  const server = createAdaptorServer({ fetch: routes.fetch }) as Server;
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const client = new ExportClient({ url, encoding, gzip: false, connections: 4 });
  const whole = await cost(
    'receive',
    () => freshBodies(encoding),
    (bodies) => sendAll(client, bodies),
  );
  client.close();
  server.close();
  const own = Math.max(0, whole.cpuSecondsPerMillionSpans - decode.cpuSecondsPerMillionSpans);
  return { ...whole, stage: 'receive (HTTP, with its sender)', cpuSecondsPerMillionSpans: own };
}

async function sendAll(client: ExportClient, bodies: readonly Buffer[]): Promise<void> {
  let next = 0;
  const connection = async () => {
    while (next < bodies.length) {
      const { status } = await client.send(bodies[next++]!);
      if (status !== 200) throw new Error(`the receiver answered ${status}`);
    }
  };
  await Promise.all([connection(), connection(), connection(), connection()]);
}

/** Acknowledging to a file and handing on, with a store that takes everything for nothing. */
async function spoolCost(): Promise<StageCost> {
  const store = { insertBlocks: async () => {}, handOver: async (blocks: BlockSource) => blocks } as unknown as Store;
  const spoolDir = join(directory, 'spool');
  const ingest = createIngest({ store, spoolDir, retentionDays: 7, registry: new Registry(), log });
  let requests = 0;
  const digest = () => String(++requests).padStart(16, '0');
  await ingest.start();
  const result = await cost('spool', freshDecoded, async (decoded) => {
    for (let first = 0; first < decoded.length; first += 4) {
      await Promise.all(decoded.slice(first, first + 4).map((request) => ingest.take(digest(), () => request)));
    }
  });
  await ingest.close();
  return result;
}

/** Into the embedded engine, all views included, as much at a time as the collector inserts. */
async function insertCost(): Promise<StageCost> {
  const store = await openStore({ dataDir: join(directory, 'clickhouse') });
  await migrate(store, { retentionDays: 7, migrations: readMigrations(SQL) });
  let batch = 0;
  const result = await cost('insert (embedded engine, all views)', freshDecoded, async (decoded) => {
    for (let first = 0; first < decoded.length; first += BODIES_PER_INSERT) {
      const blocks = decoded.slice(first, first + BODIES_PER_INSERT).flatMap((request) => request.blocks);
      const id = String(++batch);
      const spans = blocks.filter(({ table }) => table === 'spans').map(({ bytes }) => bytes);
      await store.insertBlocks('spans', spans, { id, deduplicationToken: id });
    }
  });
  await store.close();
  return result;
}

async function cost<Input>(
  stage: string,
  prepare: () => Input,
  work: (input: Input) => Promise<void>,
): Promise<StageCost> {
  let best = Number.POSITIVE_INFINITY;
  for (let round = 0; round < ROUNDS; round++) {
    const input = prepare();
    const before = process.cpuUsage();
    await work(input);
    const { user, system } = process.cpuUsage(before);
    best = Math.min(best, user + system);
  }
  return { stage, cpuSecondsPerMillionSpans: best / SPANS, spans: SPANS };
}

function freshBodies(encoding: OtlpEncoding): Buffer[] {
  const bodies = LOAD[encoding];
  return Array.from({ length: BODIES }, () =>
    bodies.stamp(Buffer.allocUnsafeSlow(bodies.bytesMax), nextBody++, Date.now()),
  );
}

/** Of blocks of their own each, because a decoder may use its room again. */
function freshDecoded(): Decoded[] {
  const decoder = new OtlpDecoder(SETTINGS);
  return freshBodies('protobuf').map((body) => {
    const decoded = decoder.decodeAtOnce('traces', 'protobuf', body);
    return { ...decoded, blocks: decoded.blocks.map((block) => ({ ...block, bytes: Buffer.from(block.bytes) })) };
  });
}

function note(message: string, cause?: unknown): void {
  process.stderr.write(`${message}${cause === undefined ? '' : `: ${String(cause)}`}\n`);
}
