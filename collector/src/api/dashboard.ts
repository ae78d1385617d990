/**
 * Serves the dashboard. Its files are few and small, so they are read once, at start: a request never becomes a path of
 * the file system. An address that is no file is a page of the dashboard's own, and gets `index.html`.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { extname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Hono } from 'hono';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.json': 'application/json',
  '.woff2': 'font/woff2',
  '.txt': 'text/plain; charset=utf-8',
};

const NOT_BUILT = `<!doctype html>
<html lang="en"><meta charset="utf-8"><title>Profiler</title>
<h1>The dashboard is not built</h1>
<p>The collector runs, and its API answers at <a href="/api/v1/endpoints">/api/v1/endpoints</a>.
To build the dashboard, run <code>npm run build</code> in the repository and start the collector again.</p>
</html>
`;

/** Where the build puts the dashboard's files: beside the compiled collector. */
export const WEB_DIR = fileURLToPath(new URL('../web', import.meta.url));

export function dashboard(webDir: string = WEB_DIR): Hono {
  const files = readFiles(webDir);
  const index = files.get('/index.html')?.body ?? Buffer.from(NOT_BUILT);
  return new Hono().get('*', (c) => {
    const file = files.get(c.req.path);
    if (file !== undefined && c.req.path !== '/index.html') {
      // Built files carry a hash of their content in their names; those from public/ do not.
      const cache = c.req.path.startsWith('/assets/') ? 'public, max-age=31536000, immutable' : 'no-cache';
      return c.body(bytes(file.body), 200, { 'Content-Type': file.type, 'Cache-Control': cache });
    }
    if (c.req.path.startsWith('/assets/')) return c.notFound();
    return c.body(bytes(index), 200, { 'Content-Type': TYPES['.html']!, 'Cache-Control': 'no-cache' });
  });
}

interface WebFile {
  readonly body: Buffer;
  readonly type: string;
}

function readFiles(webDir: string): Map<string, WebFile> {
  const files = new Map<string, WebFile>();
  if (!existsSync(webDir)) return files;
  for (const entry of readdirSync(webDir, { withFileTypes: true, recursive: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath ?? entry.path, entry.name);
    const type = TYPES[extname(entry.name)] ?? 'application/octet-stream';
    files.set(`/${relative(webDir, path).split(sep).join('/')}`, { body: readFileSync(path), type });
  }
  return files;
}

function bytes(body: Buffer): Uint8Array<ArrayBuffer> {
  return new Uint8Array(body);
}
