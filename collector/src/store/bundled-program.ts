import { rmSync } from 'node:fs';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const programs = new Map<string, Promise<string>>();

/**
 * Test support: a program of this workspace made runnable by `node` from its source, so that no build is needed first.
 * It lies within node_modules, from where it finds its packages, until this process ends.
 */
export function bundledProgram(entry: string): Promise<string> {
  let program = programs.get(entry);
  if (program === undefined) {
    program = bundle(entry);
    programs.set(entry, program);
  }
  return program;
}

async function bundle(entry: string): Promise<string> {
  const cache = fileURLToPath(new URL('../../../node_modules/.cache/profiler/', import.meta.url));
  const outfile = `${cache}${basename(entry, '.ts')}-${process.pid}.mjs`;
  await build({
    entryPoints: [entry],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    packages: 'external',
    conditions: ['@profiler/source'],
    logLevel: 'error',
  });
  process.once('exit', () => rmSync(outfile, { force: true }));
  return outfile;
}
