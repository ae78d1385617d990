import { type ChildProcess, spawn } from 'node:child_process';

const LISTENING = /^listening on (http:\/\/\S+)$/m;
const START_MS_MAX = 30_000;

export interface AppOptions {
  /** Directory from which the app's modules are found. */
  readonly cwd: string;
  /** Arguments before the app, `['--import', '@profiler/register']` as a rule. */
  readonly nodeArgs?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** What is run in place of the Node that runs the tests. */
  readonly command?: readonly [string, ...string[]];
}

export interface End {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** From the signal that was asked for, or else from the start. */
  readonly tookMs: number;
}

/** An app in a process of its own, as a user starts it. */
export class AppProcess {
  stdout = '';
  stderr = '';
  readonly #child: ChildProcess;
  readonly #ended: Promise<End>;
  #sinceMs = Date.now();

  constructor(file: string, { cwd, nodeArgs = [], env = {}, command = [process.execPath] }: AppOptions) {
    const [program, ...before] = command;
    // Not under the debugger, coverage or settings of the test's own process.
    const { NODE_OPTIONS: _, NODE_V8_COVERAGE: __, ...inherited } = process.env;
    this.#child = spawn(program, [...before, ...nodeArgs, file], {
      cwd,
      env: { ...inherited, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#child.stdout?.on('data', (chunk) => {
      this.stdout += chunk;
    });
    this.#child.stderr?.on('data', (chunk) => {
      this.stderr += chunk;
    });
    this.#ended = new Promise((resolve) => {
      this.#child.once('close', (code, signal) => resolve({ code, signal, tookMs: Date.now() - this.#sinceMs }));
    });
  }

  /** @returns the URL the app says it listens on */
  async listening(): Promise<string> {
    let ended: End | undefined;
    void this.#ended.then((end) => {
      ended = end;
    });
    const deadline = Date.now() + START_MS_MAX;
    while (Date.now() < deadline && ended === undefined) {
      const url = LISTENING.exec(this.stdout)?.[1];
      if (url !== undefined) return url;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    this.#child.kill('SIGKILL');
    throw new Error(
      `the app does not listen (${JSON.stringify(ended ?? 'still starting')}):\n${this.stdout}${this.stderr}`,
    );
  }

  /** Sends a signal and waits for the end. */
  end(signal: NodeJS.Signals = 'SIGTERM'): Promise<End> {
    this.#sinceMs = Date.now();
    this.#child.kill(signal);
    return this.#ended;
  }

  /** Waits for an app that ends by itself. */
  ended(): Promise<End> {
    return this.#ended;
  }
}
