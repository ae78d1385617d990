/**
 * Test support: closes what is due on a data directory, and kills itself with SIGKILL around its Nth write to a table:
 * `kill-program DIRECTORY WEBHOOK NOW_MS TABLE NTH before|after`. Without the last three it runs to the end.
 */
import { Registry } from 'prom-client';
import { createNotifier } from '../notify/notifier.ts';
import { openStore } from '../store/open-store.ts';
import type { Store } from '../store/store.ts';
import { createScheduler } from './scheduler.ts';

const [directory, webhook, nowText, table, nthText, when] = process.argv.slice(2) as [
  string,
  string,
  string,
  ...string[],
];
const nowMs = Number(nowText);
const store = await openStore({ dataDir: directory }, { sync: true });
let writes = 0;

/** The same store, which counts the writes to the table. */
const killing = new Proxy<Store>(store, {
  get(target, name) {
    const value = Reflect.get(target, name) as unknown;
    if (typeof value !== 'function') return value;
    const call = value.bind(target) as (...args: unknown[]) => Promise<unknown>;
    if (name !== 'insertRows' && name !== 'longCommand') return call;
    return async (...args: unknown[]) => {
      const isTable = name === 'insertRows' ? args[0] === table : String(args[0]).includes(`.${table} (`);
      const isNow = isTable && ++writes === Number(nthText);
      if (isNow && when === 'before') process.kill(process.pid, 'SIGKILL');
      const result = await call(...args);
      if (isNow && when === 'after') process.kill(process.pid, 'SIGKILL');
      return result;
    };
  },
});

const registry = new Registry();
const log = { info: () => {}, warn: () => {}, error: (message: string) => process.stderr.write(`${message}\n`) };
const notifier = createNotifier({ store: killing, webhookUrls: [webhook], log, registry });
const scheduler = createScheduler({
  store: killing,
  config: {
    aggregationWindowMinutes: 60,
    regressionRules: ['scan', 'ratio'],
    regressionResponseTimeFactor: 2,
    regressionErrorRateDelta: 0.1,
    regressionMinRequests: 20,
  },
  derivation: { runOnce: async () => {} },
  notifier,
  registry,
  log,
  now: () => nowMs,
});
await notifier.start();
await scheduler.closeDue();
// What was queued is sent beside; a stop gives it a moment.
while (notifier.status().queued > 0) await new Promise((resolve) => setTimeout(resolve, 10));
await scheduler.close();
await notifier.close();
await store.close();
