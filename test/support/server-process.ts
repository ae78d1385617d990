import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from './postgres.ts';

const START_MS_MAX = 30_000;

/** A database server in a process of its own. */
export interface ServerProcess {
  readonly port: number;
  readonly directory: string;
  /** Ends the server and removes its data. */
  stop(): Promise<void>;
}

export interface ServerProgram {
  readonly program: string;
  /** @param directory empty, and the server's alone */
  readonly args: (port: number, directory: string) => readonly string[];
  /** Fills the directory before the server starts. */
  readonly prepare?: (directory: string) => Promise<unknown>;
}

/** Starts a server on a free port of 127.0.0.1, its data in a temporary directory, and waits until it takes connections. */
export async function startServerProcess({ program, args, prepare }: ServerProgram): Promise<ServerProcess> {
  const directory = await mkdtemp(join(tmpdir(), 'profiler-server-'));
  const port = await freePort();
  await prepare?.(directory);
  const child = spawn(program, args(port, directory), { cwd: directory, stdio: ['ignore', 'pipe', 'pipe'] });
  let log = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk) => {
      log = (log + chunk).slice(-4_000);
    });
  }
  const ended = once(child, 'close').catch((error: Error) => {
    log += error.message;
  });
  const stop = async () => {
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM');
    await ended;
    await rm(directory, { recursive: true, force: true, maxRetries: 5 });
  };
  for (const deadline = Date.now() + START_MS_MAX; !(await answers(port)); ) {
    if (Date.now() > deadline || child.exitCode !== null || child.pid === undefined) {
      await stop();
      throw new Error(`${program} did not start:\n${log}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return { port, directory, stop };
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
