import { basename } from 'node:path';
import { isMainThread } from 'node:worker_threads';
import { say } from './say.ts';

const REGISTERED = Symbol.for('profiler.register');
const OPENTELEMETRY = Symbol.for('opentelemetry.js.api.1');
const PACKAGE_MANAGERS = new Set([
  'npm-cli.js',
  'npx-cli.js',
  'yarn.js',
  'yarn.cjs',
  'pnpm.cjs',
  'pnpm.mjs',
  'corepack.js',
]);

/**
 * Whether this process wants to be instrumented, decided before anything heavy is loaded. Worker threads run `--import`
 * again and share the main thread's spans with nobody; `NODE_OPTIONS` reaches the package manager that starts the app.
 */
export function mayStart(): boolean {
  if (!isMainThread || process.env.OTEL_SDK_DISABLED?.trim().toLowerCase() === 'true') return false;
  if (PACKAGE_MANAGERS.has(basename(process.argv[1] ?? ''))) return false;
  const globals = globalThis as { [REGISTERED]?: true; [OPENTELEMETRY]?: { trace?: unknown } };
  if (globals[REGISTERED]) {
    say('already started in this process: register it once, by one --import or --require');
    return false;
  }
  globals[REGISTERED] = true;
  if (globals[OPENTELEMETRY]?.trace !== undefined) {
    say('not started: another OpenTelemetry SDK is registered in this process already');
    return false;
  }
  return true;
}
