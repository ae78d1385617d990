import { mkdir, rename, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const programs = new Map<string, Promise<string>>();

/**
 * Test support: a program of this workspace made runnable by `node` from its source, so that no build is needed first.
 * It lies within node_modules, from where it finds its packages.
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
  const { outputFiles } = await build({
    entryPoints: [entry],
    bundle: true,
    write: false,
    platform: 'node',
    format: 'esm',
    packages: 'external',
    conditions: ['@profiler/source'],
    logLevel: 'error',
  });
  const program = join(cache, `${basename(dirname(entry))}-${basename(entry, '.ts')}.mjs`);
  // Other workers write the same file: none may ever see half of it.
  const unfinished = `${program}.${process.pid}`;
  await mkdir(cache, { recursive: true });
  await writeFile(unfinished, outputFiles[0]!.contents);
  await rename(unfinished, program);
  return program;
}
