import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { PROFILER } from '../support/collector-process.ts';

export interface CollectorRunOptions {
  readonly port: number;
  readonly dataDir: string;
  readonly clickhouseUrl?: string | undefined;
  /** What it says goes here, appended, run after run. */
  readonly logFile: string;
  /** Of Node, before the program. */
  readonly nodeFlags?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** What `GET /api/v1/status` says, as far as it is asked here. */
export interface CollectorStatus {
  readonly ingest: {
    readonly spoolBytes: number;
    /** Spans that the store confirmed. */
    readonly stored: number;
    readonly quarantinedSegments: number;
    readonly refusedRows: Readonly<Record<string, number>>;
  };
  readonly derivation: {
    readonly backlog: number;
    readonly lastRunAt: string | null;
    readonly lastError: string | null;
  };
}

/**
 * One run of the built program, from its start to an end that is not always its own wish. Unlike the collector of other
 * tests it may be killed before it listens, and whoever starts it learns when it ends unasked.
 */
export class CollectorRun {
  readonly origin: string;
  /** How it ended: `exit 0`, `SIGKILL`. */
  readonly ended: Promise<string>;
  /** Whether it listened before it ended. */
  readonly ready: Promise<boolean>;
  readonly #child: ChildProcess;
  #told = false;

  constructor(options: CollectorRunOptions) {
    const { port, dataDir, clickhouseUrl, logFile, nodeFlags = [], env = {} } = options;
    this.origin = `http://127.0.0.1:${port}`;
    const flags = ['--port', String(port), '--data-dir', dataDir];
    if (clickhouseUrl !== undefined) flags.push('--clickhouse-url', clickhouseUrl);
    this.#child = spawn(process.execPath, [...nodeFlags, PROFILER, 'start', ...flags], {
      env: { ...ownEnvironment(), ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const log = createWriteStream(logFile, { flags: 'a' });
    this.#child.stderr!.pipe(log);
    this.ended = once(this.#child, 'exit').then(([code, signal]) => (signal as string | null) ?? `exit ${code}`);
    this.ready = this.#listening();
  }

  get isRunning(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** How it ended, if it did although nobody told it to. */
  async crashed(): Promise<string | undefined> {
    return this.#told || this.isRunning ? undefined : this.ended;
  }

  /** Sends a signal and does not wait. */
  tell(signal: NodeJS.Signals): void {
    this.#told = true;
    this.#child.kill(signal);
  }

  /** @returns how it ended */
  async end(signal: NodeJS.Signals): Promise<string> {
    this.tell(signal);
    return this.ended;
  }

  async status(): Promise<CollectorStatus> {
    const response = await fetch(`${this.origin}/api/v1/status`, { signal: AbortSignal.timeout(10_000) });
    if (!response.ok) throw new Error(`status: ${response.status} ${await response.text()}`);
    return (await response.json()) as CollectorStatus;
  }

  async #listening(): Promise<boolean> {
    const listens = new Promise<boolean>((resolve) => {
      let output = '';
      this.#child.stdout!.on('data', (chunk: Buffer) => {
        output += chunk;
        if (output.includes('listening on')) resolve(true);
      });
    });
    return Promise.race([listens, this.ended.then(() => false)]);
  }
}

/** Without the settings of whoever runs this. */
function ownEnvironment(): NodeJS.ProcessEnv {
  const isForeign = (name: string) =>
    /^(PROFILER_|OTEL_|NODE_OPTIONS$|NODE_V8_COVERAGE$|FORCE_COLOR$|VITEST)/.test(name);
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !isForeign(name)));
}
