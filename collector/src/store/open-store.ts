import { EmbeddedStore } from './embedded-store.ts';
import { ServerStore } from './server-store.ts';
import { type Store, StoreError } from './store.ts';

/** Where the data is: a directory for the embedded engine, or a server's `http://user:password@host:8123/database`. */
export type StoreLocation = { readonly dataDir: string } | { readonly url: string };

export interface StoreOptions {
  /** Memory of the embedded engine, in bytes; of no use with a server. @default 2 GiB */
  readonly memoryBytesMax?: number;
  /** Whether the embedded engine syncs what was inserted to disk; a server has settings of its own. @default false */
  readonly sync?: boolean;
  /** Sessions of the embedded engine that read; of no use with a server. @default 2 */
  readonly readers?: number;
}

const DATABASE = 'profiler';

/** Opens the store and makes its database; tables are made by `migrate`. Throws {@link StoreError}. */
export async function openStore(location: StoreLocation, options: StoreOptions = {}): Promise<Store> {
  if ('dataDir' in location) {
    return EmbeddedStore.open({ dataDir: location.dataDir, database: DATABASE, ...options });
  }
  const url = parseUrl(location.url);
  return ServerStore.open({ url, database: databaseOf(url) });
}

function parseUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url !== undefined && /^https?:$/.test(url.protocol)) return url;
  // The text itself stays out of the message: it may hold a password.
  throw refused('The ClickHouse URL must look like http://user:password@host:8123/database');
}

/** Part of every statement, so plain letters only. */
function databaseOf(url: URL): string {
  const name = decodeURIComponent(url.pathname).replace(/^\/|\/$/g, '') || DATABASE;
  if (/^[A-Za-z_]\w*$/.test(name)) return name;
  throw refused(
    `The database in the ClickHouse URL must be letters, digits and underscores, not ${JSON.stringify(name)}`,
  );
}

function refused(message: string): StoreError {
  return new StoreError(message, { retryable: false, code: 0 });
}
