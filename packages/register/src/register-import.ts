// `node --import @profiler/register app.js`, for ESM and CJS apps alike.
import { createRequire } from 'node:module';
import { mayStart } from './preconditions.ts';
import { say } from './say.ts';
import { type SyncHooks, supportsSyncHooks, wrapImports } from './wrap-imports.ts';

try {
  if (mayStart()) {
    const { start } = createRequire(import.meta.url)('./start.cjs') as typeof import('./start.ts');
    const include = start();
    if (include !== undefined) {
      const hooks = supportsSyncHooks() ? await import('import-in-the-middle/register-hooks.mjs') : undefined;
      wrapImports(include, hooks as SyncHooks | undefined, import.meta.url);
    }
  }
} catch (error) {
  say(`not started: ${String(error)}`);
}
