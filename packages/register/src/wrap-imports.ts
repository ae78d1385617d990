import module from 'node:module';
import { supportsSyncHooks } from 'import-in-the-middle/supports-sync-hooks.mjs';

/** The door of import-in-the-middle for hooks in the app's own thread. */
export interface SyncHooks {
  register(options: { include: string[] }): void;
}

export { supportsSyncHooks };

/**
 * Lets instrumentations see what ES modules import. Newer Node lines have hooks in the app's own thread; on the others
 * they run in a thread of their own, which `module.register` waits for. Only the listed modules are wrapped: wrapping
 * all of them breaks apps that a bundler has put together.
 *
 * @param hooks where {@link supportsSyncHooks}, else `undefined`
 * @param from URL of the file that import-in-the-middle is found from
 */
export function wrapImports(include: string[], hooks: SyncHooks | undefined, from: string): void {
  if (hooks === undefined) {
    module.register('import-in-the-middle/hook.mjs', from, { data: { include } });
    return;
  }
  hooks.register({ include });
  (module as unknown as WithSyncHooks).registerHooks({ resolve: keepBuiltins });
}

interface Resolved {
  readonly url: string;
  readonly format?: string | null;
}

interface WithSyncHooks {
  registerHooks(hooks: { resolve: typeof keepBuiltins }): void;
}

/** With any hook, `node --require ... -e` resolves Node's own modules as files, and then fails to read them. */
function keepBuiltins<Context>(
  specifier: string,
  context: Context,
  next: (specifier: string, context: Context) => Resolved,
): Resolved {
  const resolved = next(specifier, context);
  const isBuiltin = resolved.url.startsWith('node:') && !resolved.url.includes('?');
  return isBuiltin && resolved.format !== 'builtin' ? { ...resolved, format: 'builtin' } : resolved;
}
