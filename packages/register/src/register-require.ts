// `node --require @profiler/register app.js`, for where `--import` cannot be given.
import module, { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { supportsSyncHooks } from 'import-in-the-middle/supports-sync-hooks.mjs';
import { mayStart } from './preconditions.ts';
import { say } from './say.ts';

try {
  if (mayStart()) {
    const load = createRequire(__filename);
    const { start } = load('./start.cjs') as typeof import('./start.ts');
    const include = start();
    if (include !== undefined) {
      if (supportsSyncHooks()) load('import-in-the-middle/register-hooks.mjs').register({ include });
      else module.register('import-in-the-middle/hook.mjs', pathToFileURL(__filename), { data: { include } });
    }
  }
} catch (error) {
  say(`not started: ${String(error)}`);
}
