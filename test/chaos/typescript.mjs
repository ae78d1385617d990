// Lets Node run the sources of tests as they stand: `node --conditions=@profiler/source --import ./typescript.mjs main.ts`.
// File by file, so that what a source says of its own place (`import.meta.url`) stays true.
import { readFile } from 'node:fs/promises';
import { register } from 'node:module';
import { fileURLToPath } from 'node:url';
import { isMainThread } from 'node:worker_threads';
import { transform } from 'esbuild';

if (isMainThread) register(import.meta.url);

export async function load(url, context, nextLoad) {
  if (!url.startsWith('file:') || !url.endsWith('.ts')) return nextLoad(url, context);
  const source = await readFile(fileURLToPath(url), 'utf8');
  const { code } = await transform(source, { loader: 'ts', format: 'esm', target: 'node20', sourcemap: 'inline' });
  return { format: 'module', source: code, shortCircuit: true };
}
