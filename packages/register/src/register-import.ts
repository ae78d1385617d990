// `node --import @profiler/register app.js`, for ESM and CJS apps alike.
import module, { createRequire } from 'node:module';
import { supportsSyncHooks } from 'import-in-the-middle/supports-sync-hooks.mjs';
import { mayStart } from './preconditions.ts';
import { say } from './say.ts';

try {
  if (mayStart()) {
    const { start } = createRequire(import.meta.url)('./start.cjs') as typeof import('./start.ts');
    const include = start();
    if (include !== undefined) await hookImports(include);
  }
} catch (error) {
  say(`not started: ${String(error)}`);
}

/**
 * Lets instrumentations see what ES modules import. Newer Node lines have hooks in the app's own thread; on the others
 * they run in a thread that `module.register` waits for. Only the listed modules are wrapped: wrapping all of them
 * breaks apps that a bundler has put together.
 */
async function hookImports(include: readonly string[]): Promise<void> {
  if (supportsSyncHooks()) {
    const hooks = await import('import-in-the-middle/register-hooks.mjs');
    hooks.register({ include: [...include] });
  } else {
    module.register('import-in-the-middle/hook.mjs', import.meta.url, { data: { include } });
  }
}
