import { expect, it } from 'vitest';
import { eachStore } from '../store/each-store.ts';
import { migrate } from '../store/migrate.ts';
import type { Store } from '../store/store.ts';
import type { Regression } from './regression.ts';
import { firingRegressions, listRegressions, recordRegressions, regressionsResolvedAt } from './regressions.ts';

const HOUR_MS = 3_600_000;
const START_MS = Math.floor(Date.now() / HOUR_MS) * HOUR_MS - 24 * HOUR_MS;
const iso = (timeMs: number) => new Date(timeMs).toISOString();

function regression(key: string, startMs: number, changes: Partial<Regression> = {}): Regression {
  return {
    key,
    kind: 'response_time',
    rule: 'ratio',
    signal: 'average',
    state: 'firing',
    service: 'shop',
    environment: '',
    method: 'GET',
    route: '/orders',
    endpoint: 'GET /orders',
    baseline: 100.25,
    current: 300.5,
    change: 2.9975,
    baselineRequests: 30,
    currentRequests: 40,
    version: '1.1.0',
    explanation: 'GET /orders took "longer".\nMuch.',
    windowStart: iso(startMs),
    windowMinutes: 60,
    startedAt: iso(startMs),
    baselineUntil: iso(startMs),
    evidence: null,
    resolvedAt: null,
    ...changes,
  };
}

eachStore('regressions', (open) => {
  async function holding(...regressions: Regression[]): Promise<Store> {
    const store = await open();
    await migrate(store, { retentionDays: 7 });
    await recordRegressions(store, regressions, Date.now());
    return store;
  }

  it('come back as they were recorded, newest first', async () => {
    const first = regression('a', START_MS);
    const second = regression('b', START_MS + HOUR_MS, {
      kind: 'error_rate',
      state: 'resolved',
      resolvedAt: iso(START_MS + 2 * HOUR_MS),
      version: '',
    });
    const store = await holding(first, second);
    expect(await listRegressions(store)).toEqual([second, first]);
  });

  it('stand as they were recorded last', async () => {
    const alert = regression('a', START_MS);
    const store = await holding(alert);
    const over: Regression = { ...alert, state: 'resolved', resolvedAt: iso(START_MS + HOUR_MS) };
    await recordRegressions(store, [over], Date.now() + 1);
    expect(await listRegressions(store)).toEqual([over]);
    expect(await firingRegressions(store)).toEqual([]);
    expect(await regressionsResolvedAt(store, START_MS + HOUR_MS)).toEqual([over]);
    expect(await regressionsResolvedAt(store, START_MS)).toEqual([]);
  });

  it('are narrowed by what is asked for', async () => {
    const store = await holding(
      regression('a', START_MS),
      regression('b', START_MS, { service: 'billing' }),
      regression('c', START_MS, { environment: 'production' }),
      regression('d', START_MS, { version: '2.0.0' }),
      regression('e', START_MS, { method: 'POST', endpoint: 'POST /orders' }),
      regression('f', START_MS, { state: 'resolved', resolvedAt: iso(START_MS + HOUR_MS) }),
      regression('g', START_MS + 3 * HOUR_MS),
    );
    const keys = async (filter: object) =>
      (await listRegressions(store, filter))
        .map(({ key }) => key)
        .sort()
        .join('');
    expect(await keys({})).toBe('abcdefg');
    expect(await keys({ service: 'billing' })).toBe('b');
    expect(await keys({ environment: 'production' })).toBe('c');
    expect(await keys({ version: '2.0.0' })).toBe('d');
    expect(await keys({ endpoint: 'POST /orders' })).toBe('e');
    expect(await keys({ state: 'resolved' })).toBe('f');
    expect(await keys({ untilMs: START_MS + HOUR_MS })).toBe('abcdef');
    // What fires still is never too old; what is over is, once it was over before.
    expect(await keys({ sinceMs: START_MS + HOUR_MS })).toBe('abcdefg');
    expect(await keys({ sinceMs: START_MS + HOUR_MS + 1 })).toBe('abcdeg');
    expect(await keys({ limit: 2 })).toBe('ag');
    expect(await keys({ limit: 2, offset: 5 })).toBe('ef');
  });
});
