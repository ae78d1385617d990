import { createServer } from 'node:net';
import { join } from 'node:path';
import type { Status } from '../api/types.ts';
import { startChild } from './child.ts';
import { packageDirectory } from './requirements.ts';

export interface Collector {
  /** `http://127.0.0.1:PORT` */
  readonly url: string;
  /** Likewise, of ClickHouse's HTTP interface. */
  readonly clickhouseUrl: string;
  stop(): Promise<void>;
}

export interface CollectorOptions {
  readonly dataDir: string;
  readonly port: PortChoice;
  readonly clickhousePort: PortChoice;
  readonly signal: AbortSignal;
}

/** A port, and which to take when it is taken. */
export interface PortChoice {
  readonly first: number;
  readonly orElse?: number;
}

/** A collector as a user starts it, but with windows of a minute and a data directory of its own. */
export async function startCollectorProcess(options: CollectorOptions): Promise<Collector> {
  const { dataDir, signal } = options;
  const [port, clickhousePort] = [await chosen(options.port), await chosen(options.clickhousePort)];
  const { child, match } = await startChild(
    {
      name: 'the collector',
      command: process.execPath,
      args: [
        join(packageDirectory(), 'bin', 'profiler.cjs'),
        'start',
        ...['--host', '127.0.0.1'],
        ...['--port', String(port)],
        ...['--clickhouse-port', String(clickhousePort)],
        ...['--data-dir', dataDir],
      ],
      env: { ...withoutSettings(process.env), PROFILER_AGGREGATION_WINDOW_MINUTES: '1' },
      signal,
    },
    /listening on (http:\S+)\s/,
  );
  const url = match[1]!;
  try {
    return { url, clickhouseUrl: await clickhouseUrlOf(url, signal), stop: () => child.stop() };
  } catch (error) {
    await child.stop();
    throw error;
  }
}

async function clickhouseUrlOf(url: string, signal: AbortSignal): Promise<string> {
  const response = await fetch(`${url}/api/v1/status`, { signal });
  const { clickhousePort } = (await response.json()) as Status;
  return clickhousePort!.url;
}

async function chosen({ first, orElse }: PortChoice): Promise<number> {
  return orElse === undefined || (await isFree(first)) ? first : orElse;
}

/** The reader's own settings stay out of the demo, above all where they store; a webhook may listen in. */
function withoutSettings(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const kept = ([name]: [string, unknown]) => !name.startsWith('PROFILER_') || name === 'PROFILER_WEBHOOK_URL';
  return Object.fromEntries(Object.entries(environment).filter(kept));
}

async function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
