// The SDK with its instrumentations as one file, so that an app starts a tenth of a second later, not a whole one.
// The two hooks stay outside: they must be the only copy in the process, and one of them runs in a thread of its own.
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const ROOT = dirname(fileURLToPath(import.meta.url));
const MODULES = [join(ROOT, 'node_modules'), join(ROOT, '../../node_modules')];

/** What sdk-node can start and this never asks of it: other signals, other protocols. */
const UNUSED =
  /^@opentelemetry\/(?:exporter-(?:logs|metrics)-.*|exporter-trace-otlp-grpc|exporter-prometheus|exporter-zipkin|configuration|sdk-metrics)$/;

/** Timers of the SDK that would hold a process which has nothing else to do: until an export is retried, or given up. */
const HOLDING = /(?:otlp-exporter-base[\\/].*retrying-transport|BatchSpanProcessorBase)\.js$/;

const lean = {
  name: 'lean',
  setup({ onResolve, onLoad, resolve }) {
    onResolve({ filter: UNUSED }, ({ path }) => ({ path, namespace: 'unused' }));
    onLoad({ filter: /.*/, namespace: 'unused' }, ({ path }) => ({
      contents: `module.exports = new Proxy({}, { get: (_, name) => class { constructor() { throw new Error(${JSON.stringify(path)} + ' is not part of @profiler/register'); } } });`,
    }));

    // The class alone; the package's door re-exports every other package of the SDK.
    onResolve({ filter: /^@opentelemetry\/sdk-node$/ }, async ({ pluginData }) => {
      if (pluginData === 'resolved') return undefined;
      const door = await resolve('@opentelemetry/sdk-node', {
        kind: 'require-call',
        resolveDir: join(ROOT, 'src'),
        pluginData: 'resolved',
      });
      return { path: join(dirname(door.path), 'sdk.js') };
    });

    // One copy of each, whether imported or required and whatever version a package brought along: two copies of the API
    // would leave half of the instrumentations with a tracer that was never registered.
    onResolve({ filter: /^@opentelemetry\/[^/]+$/ }, async ({ path, pluginData }) => {
      if (pluginData === 'resolved') return undefined;
      return resolve(path, { kind: 'import-statement', resolveDir: join(ROOT, 'src'), pluginData: 'resolved' });
    });

    onLoad({ filter: HOLDING }, async ({ path }) => ({
      contents: `const setTimeout = (work, delayMs) => { const timer = globalThis.setTimeout(work, delayMs); timer.unref(); return timer; };\n${await readFile(path, 'utf8')}`,
    }));
  },
};

const shared = {
  absWorkingDir: ROOT,
  bundle: true,
  platform: 'node',
  target: 'node20.6',
  external: ['import-in-the-middle', 'require-in-the-middle', './start.cjs'],
  conditions: ['@profiler/source'],
  mainFields: ['module', 'main'],
  nodePaths: MODULES,
  minifySyntax: true,
  minifyWhitespace: true,
  legalComments: 'none',
  logLevel: 'warning',
};

const [{ metafile }] = await Promise.all([
  build({
    ...shared,
    entryPoints: ['src/start.ts'],
    outfile: 'dist/start.cjs',
    format: 'cjs',
    plugins: [lean],
    metafile: true,
  }),
  build({
    ...shared,
    entryPoints: ['src/register-import.ts'],
    outfile: 'dist/register.mjs',
    format: 'esm',
    external: [...shared.external, 'import-in-the-middle/register-hooks.mjs'],
  }),
  build({ ...shared, entryPoints: ['src/register-require.ts'], outfile: 'dist/register.cjs', format: 'cjs' }),
]);

// The licences of what is inside come along, each text once.
const inside = Object.entries(Object.values(metafile.outputs)[0].inputs).filter(
  ([, { bytesInOutput }]) => bytesInOutput > 0,
);
const packages = new Set(inside.flatMap(([path]) => /.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path)?.[0] ?? []));
const namesByLicence = new Map();
for (const directory of [...packages].sort()) {
  const file = (await readdir(join(ROOT, directory))).find((name) => /^(?:licen[cs]e|copying)/i.test(name));
  const text =
    file === undefined ? 'See its package.json.' : (await readFile(join(ROOT, directory, file), 'utf8')).trim();
  const names = namesByLicence.get(text) ?? [];
  namesByLicence.set(text, [...names, directory.replace(/.*node_modules\//, '')]);
}
const licences = [...namesByLicence].map(([text, names]) => `${names.join('\n')}\n\n${text}\n`);
await writeFile(join(ROOT, 'dist/LICENSES.txt'), licences.join(`\n${'-'.repeat(80)}\n\n`));

if (process.argv.includes('--sizes')) {
  const { inputs } = Object.values(metafile.outputs)[0];
  const bytesByPackage = new Map();
  for (const [path, { bytesInOutput }] of Object.entries(inputs)) {
    const name = /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1] ?? path;
    bytesByPackage.set(name, (bytesByPackage.get(name) ?? 0) + bytesInOutput);
  }
  for (const [name, bytes] of [...bytesByPackage].sort(([, a], [, b]) => b - a).slice(0, 30)) {
    console.log(`${String(bytes).padStart(8)}  ${name}`);
  }
}
