// The dashboard as a file of tests opens it: one browser, one collector with a store of its own, both ended after the last
// test; what a test opened is closed after it, because a page left open goes on refreshing.

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll } from 'vitest';
import { launchBrowser, type OpenedPage, openPage } from './browser.ts';
import { type CollectorProcess, startCollector } from './collector-process.ts';

export interface Dashboard {
  /** `http://127.0.0.1:PORT`, from the first test on; the same after the collector was away. */
  readonly url: string;
  readonly collector: CollectorProcess;
  open(how?: Parameters<typeof openPage>[2]): Promise<OpenedPage>;
  /** Stops the collector, and starts it again at the same address over the same store when `meanwhile` is done. */
  whileAway(meanwhile: () => Promise<void>): Promise<void>;
}

/** To be called within a `describe`. `seed` has the store filled before the first test. */
export function dashboardForTests(seed: (collector: CollectorProcess) => Promise<void> = async () => {}): Dashboard {
  let browser: Browser;
  let dataDir: string;
  let collector: CollectorProcess;
  const opened: OpenedPage[] = [];

  beforeAll(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'profiler-dashboard-'));
    [browser, collector] = await Promise.all([launchBrowser(), startCollector({ dataDir })]);
    await seed(collector);
  });
  afterEach(async () => {
    await Promise.all(opened.splice(0).map(({ close }) => close()));
  });
  afterAll(async () => {
    await browser?.close();
    await collector?.stop('SIGKILL');
    await rm(dataDir, { recursive: true, force: true, maxRetries: 5 });
  });

  return {
    get url() {
      return collector.url;
    },
    get collector() {
      return collector;
    },
    async open(how) {
      const one = await openPage(browser, collector.url, how);
      opened.push(one);
      return one;
    },
    async whileAway(meanwhile) {
      const { port } = new URL(collector.url);
      await collector.stop();
      await meanwhile();
      collector = await startCollector({ dataDir, flags: ['--port', port] });
    },
  };
}
