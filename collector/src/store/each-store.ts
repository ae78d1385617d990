import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { afterAll, afterEach, beforeAll, describe } from 'vitest';
import { openStore } from './open-store.ts';
import type { Store } from './store.ts';

/**
 * Test support: what touches storage is tested on both ways to it, the engine in this process and, over real HTTP, the
 * same engine behind ClickHouse's HTTP interface in a process of its own.
 *
 * `open` makes a new, empty store each time it is called: of the embedded kind in a directory of its own, over a URL in
 * a database of its own. One embedded store can be open at a time. Whatever a test leaves open is closed after it.
 */
export function eachStore(name: string, tests: (open: () => Promise<Store>) => void): void {
  describe(`${name}, embedded`, () => {
    const stores = new OpenStores();
    afterEach(() => stores.closeAll());
    tests(async () => {
      const directory = await temporaryDirectory();
      return stores.opened(await openStore({ dataDir: directory.path }), directory.remove);
    });
  });
  describe(`${name}, over a URL`, () => {
    const stores = new OpenStores();
    let server: ClickHouseProcess;
    let databases = 0;
    beforeAll(async () => {
      server = await startClickHouse();
    });
    afterEach(() => stores.closeAll());
    afterAll(() => server.stop());
    tests(async () => {
      databases += 1;
      return stores.opened(await openStore({ url: `${server.url}/profiler_${databases}` }), async () => {});
    });
  });
}

/** A ClickHouse of a test's own: the HTTP interface over the embedded engine, in a child process. */
export interface ClickHouseProcess {
  /** `http://127.0.0.1:PORT`; append `/database` for a store. */
  readonly url: string;
  readonly pid: number;
  /** Ends the process and removes its data. */
  stop(): Promise<void>;
}

export async function startClickHouse(flags: readonly string[] = []): Promise<ClickHouseProcess> {
  const directory = await temporaryDirectory();
  const program = await buildProgram();
  const child = spawn(process.execPath, [program, '--data-dir', directory.path, '--port', '0', ...flags], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, UV_THREADPOOL_SIZE: '8' },
  });
  const url = await listening(child);
  return {
    url,
    pid: child.pid!,
    async stop() {
      if (child.exitCode === null && child.signalCode === null) {
        child.kill('SIGKILL');
        await once(child, 'exit');
      }
      await directory.remove();
    },
  };
}

async function listening(child: ChildProcess): Promise<string> {
  let output = '';
  for await (const chunk of child.stdout!) {
    output += String(chunk);
    const url = /listening on (http:\S+)/.exec(output)?.[1];
    if (url !== undefined) return url;
  }
  throw new Error(`ClickHouse's HTTP interface did not start: ${output}`);
}

let program: Promise<string> | undefined;

/** From source, so that no build is needed first; within node_modules, where the program finds its packages. */
function buildProgram(): Promise<string> {
  program ??= (async () => {
    const entry = fileURLToPath(new URL('../clickhouse-http/main.ts', import.meta.url));
    const outfile = fileURLToPath(
      new URL(`../../../node_modules/.cache/profiler/clickhouse-http-${process.pid}.mjs`, import.meta.url),
    );
    await build({ entryPoints: [entry], outfile, bundle: true, platform: 'node', format: 'esm', packages: 'external' });
    process.once('exit', () => rmSync(outfile, { force: true }));
    return outfile;
  })();
  return program;
}

export async function temporaryDirectory(): Promise<{ path: string; remove: () => Promise<void> }> {
  const path = await mkdtemp(join(tmpdir(), 'profiler-'));
  return { path, remove: () => rm(path, { recursive: true, force: true, maxRetries: 3 }) };
}

class OpenStores {
  #open: { store: Store; remove: () => Promise<void> }[] = [];

  opened(store: Store, remove: () => Promise<void>): Store {
    this.#open.push({ store, remove });
    return store;
  }

  async closeAll(): Promise<void> {
    const open = this.#open;
    this.#open = [];
    for (const { store, remove } of open) {
      await store.close();
      await remove();
    }
  }
}
