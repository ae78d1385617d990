import { afterAll, afterEach, beforeAll, beforeEach, describe } from 'vitest';
import { type ClickHouseProcess, startClickHouse } from './clickhouse-process.ts';
import { openStore } from './open-store.ts';
import type { Store } from './store.ts';
import { temporaryDirectory } from './temporary-directory.ts';

export { type ClickHouseProcess, startClickHouse } from './clickhouse-process.ts';
export { temporaryDirectory } from './temporary-directory.ts';

/**
 * Test support: what touches storage is tested on both ways to it, the engine in this process and, over real HTTP, the
 * same engine behind ClickHouse's HTTP interface in a process of its own.
 *
 * `open` makes a new, empty store each time it is called: of the embedded kind in a directory of its own, over a URL in
 * a database of its own. One embedded store can be open at a time. What a test opens is closed after it, what a
 * `beforeAll` opens after the last test.
 */
export function eachStore(name: string, tests: (open: () => Promise<Store>) => void): void {
  describe(`${name}, embedded`, () => {
    const stores = new OpenStores();
    stores.closeInTime();
    tests(async () => {
      const directory = await temporaryDirectory();
      return stores.opened(await openStore({ dataDir: directory.path }), directory.remove);
    });
  });
  describe(`${name}, over a URL`, () => {
    const stores = new OpenStores();
    let server: ClickHouseProcess;
    let databases = 0;
    beforeAll(async () => {
      server = await startClickHouse();
      return () => server.stop();
    });
    stores.closeInTime();
    tests(async () => {
      databases += 1;
      return stores.opened(await openStore({ url: `${server.url}/profiler_${databases}` }), async () => {});
    });
  });
}

class OpenStores {
  #open: { store: Store; remove: () => Promise<void>; inTest: boolean }[] = [];
  #inTest = false;

  opened(store: Store, remove: () => Promise<void>): Store {
    this.#open.push({ store, remove, inTest: this.#inTest });
    return store;
  }

  closeInTime(): void {
    beforeEach(() => {
      this.#inTest = true;
    });
    afterEach(async () => {
      this.#inTest = false;
      await this.#close((entry) => entry.inTest);
    });
    afterAll(() => this.#close(() => true));
  }

  async #close(which: (entry: { readonly inTest: boolean }) => boolean): Promise<void> {
    const closing = this.#open.filter(which);
    this.#open = this.#open.filter((entry) => !which(entry));
    for (const { store, remove } of closing) {
      await store.close();
      await remove();
    }
  }
}
