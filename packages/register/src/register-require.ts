// `node --require @profiler/register app.js`, for where `--import` cannot be given.
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { mayStart } from './preconditions.ts';
import { say } from './say.ts';
import { type SyncHooks, supportsSyncHooks, wrapImports } from './wrap-imports.ts';

try {
  if (mayStart()) {
    const load = createRequire(__filename);
    const { start } = load('./start.cjs') as typeof import('./start.ts');
    const include = start();
    if (include !== undefined) {
      const hooks = supportsSyncHooks() ? (load('import-in-the-middle/register-hooks.mjs') as SyncHooks) : undefined;
      wrapImports(include, hooks, pathToFileURL(__filename).href);
    }
  }
} catch (error) {
  say(`not started: ${String(error)}`);
}
