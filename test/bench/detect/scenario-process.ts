import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** The same from this folder and from `test/dist/detect`, where it is bundled to. */
const RUNNER = fileURLToPath(new URL('../../bench/run.mjs', import.meta.url));

/** Runs a program of this folder in a process of its own, and reads what it prints as JSON. Its standard error is ours. */
export async function scenarioProcess<Output>(name: string, args: readonly string[]): Promise<Output> {
  const child = spawn(process.execPath, [RUNNER, name, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  let text = '';
  child.stdout.on('data', (chunk) => {
    text += chunk;
  });
  const [code] = (await once(child, 'close')) as [number | null];
  if (code !== 0) throw new Error(`${name} ended with ${code}`);
  return JSON.parse(text) as Output;
}
