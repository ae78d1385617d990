import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { bundledProgram } from './bundled-program.ts';
import { temporaryDirectory } from './temporary-directory.ts';

/** Test support: a ClickHouse of a test's own, the HTTP interface over the embedded engine in a child process. */
export interface ClickHouseProcess {
  /** `http://127.0.0.1:PORT`; append `/database` for a store. */
  readonly url: string;
  readonly pid: number;
  /** Ends the process and removes its data. */
  stop(): Promise<void>;
}

export interface ClickHouseProcessOptions {
  /** Further flags of the program, as `--read-only`. */
  readonly flags?: readonly string[];
  /** Environment beside that of the test, as `TZ`. */
  readonly env?: NodeJS.ProcessEnv;
  /** Keeps the data there, over a stop, in place of a directory of its own. */
  readonly dataDir?: string;
  /** A fixed port, as for a restart at the same address. @default 0, a free one */
  readonly port?: number;
}

export async function startClickHouse(options: ClickHouseProcessOptions = {}): Promise<ClickHouseProcess> {
  const program = await bundledProgram(fileURLToPath(new URL('../clickhouse-http/main.ts', import.meta.url)));
  const directory = options.dataDir === undefined ? await temporaryDirectory() : undefined;
  const dataDir = options.dataDir ?? directory!.path;
  const flags = ['--data-dir', dataDir, '--port', String(options.port ?? 0), ...(options.flags ?? [])];
  const child = spawn(process.execPath, [program, ...flags], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, UV_THREADPOOL_SIZE: '8', ...options.env },
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
      await directory?.remove();
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
