import { expect, it } from 'vitest';
import { eachStore } from '../../collector/src/store/each-store.ts';
import { migrate } from '../../collector/src/store/migrate.ts';
import type { Store } from '../../collector/src/store/store.ts';
import { DASHBOARDS } from './dashboards.ts';
import { expandMacros, type PanelTime } from './expand-macros.ts';
import { seedShop } from './seed-shop.ts';

interface Question {
  readonly name: string;
  readonly sql: string;
}

/** Everything that a dashboard asks ClickHouse: panels, variables, annotations. */
function questions(dashboard: ReturnType<(typeof DASHBOARDS)[string]>): Question[] {
  const panels = dashboard.panels.map((panel) => ({
    name: panel.title!,
    sql: (panel.targets as unknown as { rawSql: string }[])[0]!.rawSql,
  }));
  const variables = (dashboard.templating?.list ?? [])
    .filter((variable) => variable.type === 'query')
    .map((variable) => ({ name: `variable ${variable.name}`, sql: String(variable.query) }));
  const annotations = (dashboard.annotations?.list ?? []).map((annotation) => ({
    name: `annotation ${annotation.name}`,
    sql: (annotation.target as unknown as { rawSql: string }).rawSql,
  }));
  return [...panels, ...variables, ...annotations];
}

const ALL = { service: [], environment: [] };

eachStore('Grafana dashboards', (open) => {
  async function seeded(): Promise<{ store: Store; time: PanelTime }> {
    const store = await open();
    await migrate(store, { retentionDays: 7 });
    const { fromSeconds, toSeconds } = await seedShop(store);
    return { store, time: { fromSeconds, toSeconds, intervalSeconds: 60 } };
  }

  it('every query answers with rows, whatever is chosen', async () => {
    const { store, time } = await seeded();
    for (const dashboard of Object.values(DASHBOARDS)) {
      for (const { name, sql } of questions(dashboard())) {
        for (const choice of [ALL, { service: ['shop'], environment: ['production', '(none)'] }]) {
          const rows = await store.query<Record<string, unknown>>(expandMacros(sql, time, choice));
          expect(rows.length, `${name}: ${JSON.stringify(choice)}`).toBeGreaterThan(0);
          expect(Object.values(rows[0]!), name).not.toContain(null);
        }
      }
    }
  });

  it('the numbers are those of the seed', async () => {
    const { store, time } = await seeded();
    const panel = async (name: string) => {
      const question = questions(DASHBOARDS['endpoints.json']!()).find((candidate) => candidate.name === name)!;
      return store.query<Record<string, number | string>>(expandMacros(question.sql, time, ALL));
    };
    expect(await panel('Requests')).toEqual([{ requests: 60 }]);
    expect(await panel('Error rate')).toEqual([{ error_rate: 6 / 60 }]);
    expect(await panel('Requests with an N+1')).toEqual([{ n_plus_one: 30 }]);
    expect(await panel('Queries per request')).toEqual([{ queries: (30 * 6) / 60 }]);

    const [heaviest] = await panel('Endpoints');
    expect(heaviest).toMatchObject({ service: 'shop', endpoint: 'GET /orders', requests: 30, n_plus_one: 30 });
    expect(heaviest).toMatchObject({ avg_ms: 300, queries_per_request: 6, error_rate: 0 });

    const [repeated] = await panel('N+1 queries');
    expect(repeated).toMatchObject({ endpoint: 'GET /orders', requests: 30, repeats_p50: 5, repeats_max: 5 });
    expect(repeated).toMatchObject({ call_site: '/srv/shop/orders.js:12' });

    expect(await panel('annotation Deploys')).toMatchObject([{ text: 'shop 1.1.0' }]);
  });

  it('outside its time range, or of another service, a panel is empty, not wrong', async () => {
    const { store, time } = await seeded();
    const dayBefore = { ...time, fromSeconds: time.fromSeconds - 86_400, toSeconds: time.toSeconds - 86_400 };
    const another = { ...ALL, service: ["another's"] };
    for (const { name, sql } of questions(DASHBOARDS['endpoints.json']!())) {
      if (name.startsWith('variable ')) continue;
      for (const expanded of [expandMacros(sql, dayBefore, ALL), expandMacros(sql, time, another)]) {
        const rows = await store.query<Record<string, unknown>>(expanded);
        const values = rows.flatMap((row) => Object.values(row)).filter((value) => value !== null);
        expect(new Set([0, ...values]), name).toEqual(new Set([0]));
      }
    }
  });
});
