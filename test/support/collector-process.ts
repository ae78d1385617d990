import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The built program, as a user runs it. */
export const PROFILER = fileURLToPath(new URL('../../collector/bin/profiler.cjs', import.meta.url));

const START_MS_MAX = 60_000;
const POLL_MS = 200;

export interface CollectorOptions {
  readonly flags?: readonly string[];
  /** Flags of Node itself. */
  readonly nodeArgs?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Kept when the collector stops, for another one to start on. @default a new directory, removed when it stops */
  readonly dataDir?: string;
}

export interface CliResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A collector in a process of its own, on a free port, with embedded storage. */
export interface CollectorProcess {
  /** `http://127.0.0.1:PORT` */
  readonly url: string;
  readonly dataDir: string;
  readonly pid: number;
  stdout(): string;
  stderr(): string;
  /** Runs `profiler` against it. */
  cli(...args: string[]): Promise<CliResult>;
  /** Items of one of the API's lists. */
  list<Row>(path: string, query?: Readonly<Record<string, string>>): Promise<Row[]>;
  /** Ends it by a signal and waits for the end. @returns its exit code, `null` when the signal killed it */
  stop(signal?: NodeJS.Signals): Promise<number | null>;
}

export async function startCollector(options: CollectorOptions = {}): Promise<CollectorProcess> {
  const { flags = [], nodeArgs = [], env = {} } = options;
  const dataDir = options.dataDir ?? (await mkdtemp(join(tmpdir(), 'profiler-collector-')));
  const args = ['start', '--port', '0', '--data-dir', dataDir, ...flags];
  // As a user starts it, with what its first line sets, unless Node is to have arguments of its own.
  const [program, ...before] = nodeArgs.length === 0 ? [PROFILER] : [process.execPath, ...nodeArgs, PROFILER];
  const child = spawn(program!, [...before, ...args], {
    env: environment(env),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output = { stdout: '', stderr: '' };
  for (const stream of ['stdout', 'stderr'] as const) {
    child[stream].on('data', (chunk) => {
      output[stream] += chunk;
    });
  }
  const ended = once(child, 'close').then(([code]) => code as number | null);
  const remove = () =>
    options.dataDir === undefined ? rm(dataDir, { recursive: true, force: true, maxRetries: 5 }) : undefined;
  const url = await listening(child, output).catch(async (error: unknown) => {
    child.kill('SIGKILL');
    await ended;
    await remove();
    throw error;
  });
  return {
    url,
    dataDir,
    pid: child.pid!,
    stdout: () => output.stdout,
    stderr: () => output.stderr,
    cli: (...cliArgs) => runProfiler([...cliArgs, '--url', url]),
    async list<Row>(path: string, query: Readonly<Record<string, string>> = {}) {
      const response = await fetch(`${url}/api/v1/${path}?${new URLSearchParams(query)}`);
      if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
      return ((await response.json()) as { items: Row[] }).items;
    },
    async stop(signal = 'SIGTERM') {
      if (child.exitCode === null && child.signalCode === null) child.kill(signal);
      const code = await ended;
      await remove();
      return code;
    },
  };
}

/** Runs `profiler` to its end, whatever its exit code. */
export function runProfiler(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<CliResult> {
  return new Promise((resolve) => {
    execFile(process.execPath, [PROFILER, ...args], { env: environment(env) }, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr });
    });
  });
}

/** Asks again and again until the answer is as wanted, and returns it; after `waitMsMax` the last complaint is thrown. */
export async function eventually<Answer>(
  ask: () => Promise<Answer>,
  wanted: (answer: Answer) => boolean,
  waitMsMax = 20_000,
): Promise<Answer> {
  const deadline = Date.now() + waitMsMax;
  for (;;) {
    const answer = await ask();
    if (wanted(answer)) return answer;
    if (Date.now() > deadline)
      throw new Error(`still not as wanted: ${JSON.stringify(answer, null, 1).slice(0, 4000)}`);
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

/** Without the settings, debugger and coverage of whoever runs the tests. */
function environment(env: Readonly<Record<string, string>>): NodeJS.ProcessEnv {
  const own = ([name]: [string, unknown]) =>
    !/^(PROFILER_|OTEL_|NODE_OPTIONS$|NODE_V8_COVERAGE$|FORCE_COLOR$)/.test(name);
  // A program that names `node` in its first line is to get this one.
  const path = `${dirname(process.execPath)}${delimiter}${process.env.PATH}`;
  return { ...Object.fromEntries(Object.entries(process.env).filter(own)), PATH: path, ...env };
}

async function listening(child: ChildProcess, output: { stdout: string; stderr: string }): Promise<string> {
  for (const deadline = Date.now() + START_MS_MAX; Date.now() < deadline && child.exitCode === null; ) {
    const url = /^listening on (http:\S+)$/m.exec(output.stdout)?.[1];
    if (url !== undefined) return url;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error(`the collector does not listen (exit code ${child.exitCode}):\n${output.stdout}${output.stderr}`);
}
