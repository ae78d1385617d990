import { execFileSync } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** Every file of the repository, committed or about to be, by its path from the root. */
export const FILES: readonly string[] = execFileSync('git', ['ls-files', '-co', '--exclude-standard', '-z'], {
  cwd: ROOT,
  encoding: 'utf8',
})
  .split('\0')
  .filter((file) => file !== '' && isFile(file));

export const isCode = (file: string): boolean => /\.(ts|tsx|mts|cts|js|mjs|cjs)$/.test(file);

/** Tests, benches, and what says of itself that only they use it. */
export const isTest = (file: string): boolean =>
  /\.(test|bench|fixture)\.tsx?$/.test(file) || file.startsWith('test/') || read(file).includes('Test support:');

const texts = new Map<string, string>();

export function read(file: string): string {
  let text = texts.get(file);
  if (text === undefined) {
    text = readFileSync(join(ROOT, file), 'utf8');
    texts.set(file, text);
  }
  return text;
}

/**
 * What a file imports, in any way there is: packages by their names, files by their paths from the root. By pattern, not
 * by a parser: an import that the formatter would write is found.
 */
export function importsOf(file: string): string[] {
  const pattern = /(?:\bfrom|\bimport|\bimport\(|\brequire\(|\bresolve\()\s*'([^'\n]+)'/g;
  return [...read(file).matchAll(pattern)].map(([, specifier]) =>
    specifier!.startsWith('.') ? normalize(join(dirname(file), specifier!)) : specifier!,
  );
}

function isFile(file: string): boolean {
  return statSync(join(ROOT, file), { throwIfNoEntry: false })?.isFile() ?? false;
}
