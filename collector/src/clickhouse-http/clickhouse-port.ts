import type { Server } from 'node:http';
import type { Registry } from 'prom-client';
import type { EmbeddedEngine } from '../store/embedded-engine.ts';
import { createClickHouseServer } from './clickhouse-server.ts';
import { type PortFigures, PortMetrics } from './port-metrics.ts';
import { READ_LIMITS } from './read-limits.ts';

/**
 * `--clickhouse-port`: the collector's own embedded engine, open to Grafana, BI tools and clickhouse clients. It reads
 * only, and is bounded in every direction, because it shares a process with what receives and stores.
 */
export interface ClickHousePortOptions {
  readonly engine: EmbeddedEngine;
  /** Database of a request that names none. */
  readonly database: string;
  /** Address that it is bound to. */
  readonly host: string;
  /** Asked of everybody as the password, when it is set. */
  readonly authToken: string | undefined;
  readonly registry: Registry;
}

export interface ClickHousePort {
  /** Listening and closing is the caller's. */
  readonly server: Server;
  figures(): PortFigures;
  /** Waits for the queries that run. */
  drained(): Promise<void>;
}

/** Side by side; the collector's own reads have sessions of their own and never wait for these. */
const QUERIES_MAX = 2;
/** A dashboard asks for all of its panels at once; several people look at several. */
const WAITING_MAX = 64;
/** A statement and its parameters; nothing is ever inserted here. */
const BODY_BYTES_MAX = 1024 ** 2;
const CONNECTIONS_MAX = 128;
const HEADERS_MS_MAX = 10_000;
const REQUEST_MS_MAX = 30_000;

export function createClickHousePort(options: ClickHousePortOptions): ClickHousePort {
  const { engine, database, host, authToken, registry } = options;
  const metrics = new PortMetrics(registry, () => runner);
  // Bound to every address we cannot know the names others use; there a token is demanded.
  const anyName = host === '0.0.0.0' || host === '::';
  const { server, runner } = createClickHouseServer({
    engine,
    database,
    readOnly: READ_LIMITS,
    queriesMax: QUERIES_MAX,
    waitingMax: WAITING_MAX,
    bodyBytesMax: BODY_BYTES_MAX,
    access: { hosts: anyName ? 'any' : [host.toLowerCase(), `[${host.toLowerCase()}]`], password: authToken },
    answered: (outcome) => metrics.count(outcome),
  });
  server.maxConnections = CONNECTIONS_MAX;
  server.headersTimeout = HEADERS_MS_MAX;
  server.requestTimeout = REQUEST_MS_MAX;
  return {
    server,
    figures: () => metrics.figures(runner),
    drained: () => runner.drained(),
  };
}
