import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { dashboard } from './dashboard.ts';

const directory = mkdtempSync(join(tmpdir(), 'profiler-web-'));
mkdirSync(join(directory, 'web', 'assets'), { recursive: true });
writeFileSync(join(directory, 'secret.txt'), 'secret');
writeFileSync(join(directory, 'web', 'index.html'), '<p>app</p>');
writeFileSync(join(directory, 'web', 'mark.svg'), '<svg/>');
writeFileSync(join(directory, 'web', 'assets', 'main-abc.js'), 'run()');
afterAll(() => rmSync(directory, { recursive: true }));

const app = dashboard(join(directory, 'web'));

it.each(['/', '/index.html', '/findings', '/traces/0123456789abcdef', '/..%2fsecret.txt', '//secret.txt'])(
  'answers %s with the page',
  async (path) => {
    const response = await app.request(`http://x${path}`);
    expect(await response.text()).toBe('<p>app</p>');
    expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(response.headers.get('cache-control')).toBe('no-cache');
  },
);

it('serves files with their types, and lets those with a hash in their names be kept', async () => {
  const script = await app.request('http://x/assets/main-abc.js');
  expect(await script.text()).toBe('run()');
  expect(script.headers.get('content-type')).toBe('text/javascript; charset=utf-8');
  expect(script.headers.get('cache-control')).toMatch(/immutable/);
  const mark = await app.request('http://x/mark.svg');
  expect(mark.headers.get('content-type')).toBe('image/svg+xml');
  expect(mark.headers.get('cache-control')).toBe('no-cache');
});

it('does not take a script that is gone for a page', async () => {
  expect((await app.request('http://x/assets/main-old.js')).status).toBe(404);
});

it('says so when it is not built', async () => {
  const response = await dashboard(join(directory, 'nothing')).request('http://x/');
  expect(response.status).toBe(200);
  expect(await response.text()).toContain('npm run build');
});
