import { createServer } from 'node:net';
import { join } from 'node:path';
import { startChild } from './child.ts';
import { packageDirectory } from './requirements.ts';

export interface Collector {
  /** `http://127.0.0.1:PORT` */
  readonly url: string;
  stop(): Promise<void>;
}

export interface CollectorOptions {
  readonly dataDir: string;
  readonly port: { readonly first: number; readonly orElse?: number };
  readonly signal: AbortSignal;
}

/** A collector as a user starts it, but with windows of a minute and a data directory of its own. */
export async function startCollectorProcess({ dataDir, port, signal }: CollectorOptions): Promise<Collector> {
  const free = port.orElse === undefined || (await isFree(port.first));
  const { child, match } = await startChild(
    {
      name: 'the collector',
      command: process.execPath,
      args: [
        join(packageDirectory(), 'bin', 'profiler.cjs'),
        'start',
        ...['--host', '127.0.0.1'],
        ...['--port', String(free ? port.first : port.orElse)],
        ...['--data-dir', dataDir],
      ],
      env: { ...withoutSettings(process.env), PROFILER_AGGREGATION_WINDOW_MINUTES: '1' },
      signal,
    },
    /listening on (http:\S+)\s/,
  );
  return { url: match[1]!, stop: () => child.stop() };
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
