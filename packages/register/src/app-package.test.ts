import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { appPackage } from './app-package.ts';

const COMMIT = '3f2c1ab90d4e5f60718293a4b5c6d7e8f9012345';
let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'profiler-app-package-'));
});
afterEach(() => rmSync(root, { recursive: true }));

function write(files: Record<string, string>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
}

describe('appPackage', () => {
  it('takes the nearest package.json that has a name', () => {
    write({
      'package.json': '{"name":"shop","version":"1.2.0"}',
      'dist/package.json': '{"type":"module"}',
      'dist/server/main.js': '',
    });
    expect(appPackage(join(root, 'dist/server'))).toEqual({ rootDirectory: root, name: 'shop', version: '1.2.0' });
  });

  it('knows nothing of an app without one', () => {
    write({ 'package.json': 'not JSON' });
    expect(appPackage(root)).toEqual({ rootDirectory: root, name: undefined, version: undefined });
  });

  it.each([
    ['a branch', { '.git/HEAD': 'ref: refs/heads/main\n', '.git/refs/heads/main': `${COMMIT}\n` }],
    ['a commit', { '.git/HEAD': `${COMMIT}\n` }],
    [
      'a packed branch',
      {
        '.git/HEAD': 'ref: refs/heads/main\n',
        '.git/packed-refs': `# pack-refs\n${'0'.repeat(40)} refs/heads/not/refs/heads/main\n${COMMIT} refs/heads/main\n`,
      },
    ],
    [
      'a worktree',
      {
        '.git': 'gitdir: elsewhere/.git/worktrees/shop\n',
        'elsewhere/.git/worktrees/shop/HEAD': 'ref: refs/heads/fix\n',
        'elsewhere/.git/worktrees/shop/commondir': '../..\n',
        'elsewhere/.git/refs/heads/fix': `${COMMIT}\n`,
      },
    ],
  ])('adds the short commit of %s to the version', (_, files) => {
    write({ 'package.json': '{"name":"shop","version":"1.2.0"}', ...files });
    expect(appPackage(root).version).toBe('1.2.0+3f2c1ab');
  });

  it.each([
    ['a branch without a commit', { '.git/HEAD': 'ref: refs/heads/main\n' }],
    [
      'refs in a format that we do not read',
      { '.git/HEAD': 'ref: refs/heads/.invalid\n', '.git/reftable/tables.list': '' },
    ],
  ])('leaves the version alone on %s', (_, files) => {
    write({ 'package.json': '{"name":"shop","version":"1.2.0"}', ...files });
    expect(appPackage(root).version).toBe('1.2.0');
  });
});
