import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { DemoError } from './demo-error.ts';

export interface ChildOptions {
  /** What it is called when it fails. */
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly uid?: number | undefined;
  readonly gid?: number | undefined;
  readonly signal: AbortSignal;
}

export interface Child {
  /** Ends it by a signal, and by force when it is still there after five seconds. */
  stop(signal?: NodeJS.Signals): Promise<void>;
}

const STOP_MS_MAX = 5_000;
const OUTPUT_CHARACTERS_MAX = 4_000;

/**
 * Starts a program and resolves, with what matched, when it has printed a line like `ready`. Throws {@link DemoError} with
 * the end of its output when it ends before.
 */
export async function startChild(
  options: ChildOptions,
  ready: RegExp,
): Promise<{ child: Child; match: RegExpExecArray }> {
  const { process: child, output } = launch(options);
  const stop = stopper(child);
  try {
    const match = await new Promise<RegExpExecArray>((resolve, reject) => {
      const look = () => {
        const found = ready.exec(output());
        if (found) resolve(found);
      };
      child.stdout?.on('data', look);
      child.stderr?.on('data', look);
      child.once('error', reject);
      child.once('exit', (code) => reject(failed(options.name, code, output())));
      options.signal.addEventListener('abort', () => reject(options.signal.reason), { once: true });
    });
    return { child: { stop }, match };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Runs a program to its end. Throws {@link DemoError} with the end of its output unless it exits 0. */
export async function runChild(options: ChildOptions): Promise<void> {
  const { process: child, output } = launch(options);
  const abort = () => child.kill('SIGKILL');
  options.signal.addEventListener('abort', abort, { once: true });
  const [code] = await once(child, 'exit');
  options.signal.removeEventListener('abort', abort);
  options.signal.throwIfAborted();
  if (code !== 0) throw failed(options.name, code, output());
}

function launch({ command, args, cwd, env, uid, gid }: ChildOptions): { process: ChildProcess; output: () => string } {
  const identity = uid === undefined ? {} : { uid, gid: gid ?? uid };
  const child = spawn(command, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'], ...identity });
  let output = '';
  const keep = (chunk: Buffer) => {
    output = (output + chunk.toString()).slice(-OUTPUT_CHARACTERS_MAX);
  };
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);
  return { process: child, output: () => output };
}

function stopper(child: ChildProcess): Child['stop'] {
  const exited = once(child, 'exit').catch(() => {});
  return async (signal = 'SIGTERM') => {
    if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
    child.kill(signal);
    const force = setTimeout(() => child.kill('SIGKILL'), STOP_MS_MAX);
    await exited;
    clearTimeout(force);
  };
}

function failed(name: string, code: number | null, output: string): DemoError {
  return new DemoError(`${name} ended (${code ?? 'killed'}): ${output.trim() || 'it printed nothing'}`);
}
