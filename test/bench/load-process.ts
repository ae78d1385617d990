import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { LoadReport } from './load-report.ts';

/** It tells where it is, because what it bundled lies elsewhere than its source. */
const RUNNER = process.env.BENCH_RUNNER ?? fileURLToPath(new URL('run.mjs', import.meta.url));

/** A program of this folder in a process of its own; its standard error is ours. */
export function runProgram(name: string, args: readonly string[], env: NodeJS.ProcessEnv = {}) {
  const child = spawn(process.execPath, [RUNNER, name, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...env },
  });
  child.stderr.pipe(process.stderr, { end: false });
  return child;
}

/** What a program prints, as JSON. */
export async function outputOf<Output>(name: string, args: readonly string[], env: NodeJS.ProcessEnv = {}) {
  const child = runProgram(name, args, env);
  return parsed<Output>(name, child);
}

/** A load that has been prepared and begins now; `report` is there when it has ended. */
export async function startLoad(args: readonly string[]): Promise<{ report: Promise<LoadReport> }> {
  const child = runProgram('otlp-load', [...args, '--json']);
  const report = parsed<LoadReport>('otlp-load', child);
  const begun = new Promise<void>((resolve) => {
    let text = '';
    child.stderr.on('data', (chunk) => {
      text += chunk;
      if (/^sending$/m.test(text)) resolve();
    });
  });
  await Promise.race([begun, report]);
  return { report };
}

async function parsed<Output>(name: string, child: ReturnType<typeof runProgram>): Promise<Output> {
  let text = '';
  child.stdout.on('data', (chunk) => {
    text += chunk;
  });
  const [code] = (await once(child, 'close')) as [number | null];
  if (code !== 0) throw new Error(`${name} ended with ${code}`);
  return JSON.parse(text) as Output;
}
