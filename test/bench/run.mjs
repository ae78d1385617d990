// Runs a program of this folder: `node test/bench/run.mjs otlp-load --seconds 5`. Node 20 reads no TypeScript, so it is
// bundled first, to test/dist, which lies as deep as its source: what it finds beside itself it finds from there too.
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const [name, ...args] = process.argv.slice(2);
const entry = fileURLToPath(new URL(`./${name}.ts`, import.meta.url));
const program = fileURLToPath(new URL(`../dist/${name}.mjs`, import.meta.url));

const { outputFiles } = await build({
  entryPoints: [entry],
  bundle: true,
  write: false,
  platform: 'node',
  format: 'esm',
  packages: 'external',
  conditions: ['@profiler/source'],
  sourcemap: 'inline',
  logLevel: 'error',
});
// Others may run the same program at the same time: none may see half of it.
const unfinished = `${program}.${process.pid}`;
await mkdir(dirname(program), { recursive: true });
await writeFile(unfinished, outputFiles[0].contents);
await rename(unfinished, program);

process.env.BENCH_RUNNER = fileURLToPath(import.meta.url);
process.argv = [process.argv[0], program, ...args];
await import(program);
