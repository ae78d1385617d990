/**
 * The collector: every stage, wired. The port is taken first, so that a second collector fails before it touches data;
 * until the store is open and what was acknowledged earlier is in it, every request is answered with 503.
 */
import { once } from 'node:events';
import type { Server } from 'node:http';
import { join } from 'node:path';
import { createAdaptorServer } from '@hono/node-server';
import type { Hono } from 'hono';
import { Registry } from 'prom-client';
import { app } from './api/app.ts';
import { RefusedRequests } from './api/refused-requests.ts';
import { apiRoutes } from './api/routes.ts';
import { createClickHousePort } from './clickhouse-http/clickhouse-port.ts';
import type { Config } from './config.ts';
import { createDerivation } from './derive/derivation.ts';
import { createScheduler } from './detect/scheduler.ts';
import { createIngest } from './ingest/ingest.ts';
import type { Log } from './log.ts';
import { createNotifier } from './notify/notifier.ts';
import { otlpRoutes } from './otlp/routes.ts';
import { monitorProcess } from './process-monitor.ts';
import { ArrivalClock } from './store/arrival-clock.ts';
import { EmbeddedStore } from './store/embedded-store.ts';
import { migrate } from './store/migrate.ts';
import { openStore } from './store/open-store.ts';
import type { Store } from './store/store.ts';
import { VERSION } from './version.ts';

export interface Collector {
  /** `http://HOST:PORT`, with the port that was really taken. */
  readonly url: string;
  /** Likewise of `--clickhouse-port`; `undefined` when it is closed. */
  readonly clickhouseUrl: string | undefined;
  /** Answers what was asked, stores what was acknowledged, stops. A second call waits for the first. */
  close(): Promise<void>;
}

/** Why the collector could not start, in words for the person who started it. */
export class StartError extends Error {
  constructor(message: string, cause: unknown) {
    super(message, { cause });
    this.name = 'StartError';
  }
}

/** Who sends more slowly than this is cut off with 408, so that idle senders cannot hold memory and connections for long. */
const HEADERS_MS_MAX = 10_000;
const REQUEST_MS_MAX = 30_000;
/** More connections than this are closed at once. */
const CONNECTIONS_MAX = 2_048;
/** Requests that are being answered when the collector stops get this long. */
const DRAIN_MS = 5000;
const STARTING_HEADERS = { 'Content-Type': 'application/json', 'Retry-After': '1' };

/** @throws {StartError} when the port is taken; StoreError when the store cannot be opened or migrated */
export async function startCollector(config: Config, log: Log): Promise<Collector> {
  let served: Wired | undefined;
  const server = createAdaptorServer({
    serverOptions: {
      headersTimeout: HEADERS_MS_MAX,
      requestTimeout: REQUEST_MS_MAX,
      connectionsCheckingInterval: 1_000,
    },
    fetch: (request, env) =>
      served?.app.fetch(request, env) ??
      new Response('{"error":"the collector is starting"}', { status: 503, headers: STARTING_HEADERS }),
  }) as Server;
  server.maxConnections = CONNECTIONS_MAX;
  await listen(server, config, '--port');
  const url = addressOf(server, config.host);
  const closers: (() => Promise<void>)[] = [];
  const closeAll = async () => {
    for (let close = closers.pop(); close !== undefined; close = closers.pop()) {
      await close().catch((error: unknown) => log.error('while stopping', error));
    }
  };
  try {
    served = await wire(config, log, closers);
  } catch (error) {
    await drain(server);
    await closeAll();
    throw error;
  }
  let closed: Promise<void> | undefined;
  return {
    url,
    clickhouseUrl: served.clickhouseUrl,
    close() {
      closed ??= drain(server).then(closeAll);
      return closed;
    },
  };
}

interface Wired {
  readonly app: Hono;
  readonly clickhouseUrl: string | undefined;
}

/** Opens every stage, and pushes what closes it; closed in reverse, so that nobody loses a stage that it still needs. */
async function wire(config: Config, log: Log, closers: (() => Promise<void>)[]): Promise<Wired> {
  const registry = new Registry();
  const { clickhouseUrl, dataDir, retentionDays, durability, webhookUrls } = config;
  const { nPlusOneThreshold, slowQueryThresholdMs, cacheLoopThreshold, manyQueriesThreshold } = config;
  const thresholds = { nPlusOneThreshold, slowQueryThresholdMs, cacheLoopThreshold, manyQueriesThreshold };
  const store = await openStore(
    clickhouseUrl === undefined ? { dataDir: join(dataDir, 'clickhouse') } : { url: clickhouseUrl },
    { sync: durability === 'fsync' },
  );
  closers.push(() => store.close());
  await migrate(store, { retentionDays });
  const clickhousePort = await openClickHousePort(config, store, registry, closers);

  // The embedded engine has one writer, this process: what it inserts, the derivation is told of and need not ask for.
  const clock = store.kind === 'embedded' ? await ArrivalClock.open(store) : undefined;
  const derivation = createDerivation({ store, clock, ...thresholds, registry, log });
  closers.push(() => derivation.close());
  const arrivals = clock && { next: () => clock.next(), stored: derivation.stored };
  const spoolDir = join(dataDir, 'spool');
  const ingest = createIngest({ store, spoolDir, retentionDays, durability, registry, log, arrivals });
  closers.push(() => ingest.close());
  await ingest.start();
  derivation.start();
  const notifier = createNotifier({ store, webhookUrls, registry, log });
  closers.push(() => notifier.close());
  const scheduler = createScheduler({ store, config, derivation, notifier, registry, log });
  closers.push(() => scheduler.close());
  // A window must not be judged while the rollups of a killed insert are put right.
  if (config.scheduler) void ingest.recovered().then(() => scheduler.start());

  const process = monitorProcess(registry);
  closers.push(async () => process.close());

  const refused = new RefusedRequests();
  const stages = { ingest, derivation, scheduler, notifier, clickhousePort, process };
  const api = apiRoutes({ store, config, version: VERSION, ...stages, log, refused });
  const otlp = otlpRoutes({ ingest, decodeSettings: config, registry, log });
  return {
    app: app({ store, registry, otlp, api, refused, host: config.host, authToken: config.authToken }),
    clickhouseUrl: clickhousePort?.status().url,
  };
}

async function openClickHousePort(
  { clickhousePort, host, authToken }: Config,
  store: Store,
  registry: Registry,
  closers: (() => Promise<void>)[],
) {
  if (clickhousePort === undefined || !(store instanceof EmbeddedStore)) return undefined;
  const { engine, database } = store;
  const port = createClickHousePort({ engine, database, host, authToken, registry });
  await listen(port.server, { host, port: clickhousePort }, '--clickhouse-port');
  closers.push(() => drain(port.server).then(() => port.drained()));
  const url = addressOf(port.server, host);
  return { status: () => ({ url, database, ...port.figures() }) };
}

async function listen(server: Server, { host, port }: { host: string; port: number }, flag: string): Promise<void> {
  try {
    server.listen(port, host);
    await once(server, 'listening');
  } catch (cause) {
    throw new StartError(listenFailure((cause as NodeJS.ErrnoException).code, host, port, flag), cause);
  }
}

function listenFailure(code: string | undefined, host: string, port: number, flag: string): string {
  if (code === 'EADDRINUSE') {
    return `port ${port} on ${host} is taken, maybe by another collector; stop that one, or choose another with ${flag}`;
  }
  if (code === 'EACCES')
    return `port ${port} may only be opened by an administrator; choose one above 1023 with ${flag}`;
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND') return `${host} is not an address of this machine; see --host`;
  return `cannot listen on ${host}:${port} (${code})`;
}

function addressOf(server: Server, host: string): string {
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
}

async function drain(server: Server): Promise<void> {
  const closed = once(server, 'close');
  server.close();
  server.closeIdleConnections();
  const force = setTimeout(() => server.closeAllConnections(), DRAIN_MS);
  await closed;
  clearTimeout(force);
}
