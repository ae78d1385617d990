import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { ClickHouseLogLevel, createClient } from '@clickhouse/client';
import { Registry } from 'prom-client';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createClickHousePort } from '../../collector/src/clickhouse-http/clickhouse-port.ts';
import { eachStore } from '../../collector/src/store/each-store.ts';
import { EmbeddedStore } from '../../collector/src/store/embedded-store.ts';
import { migrate } from '../../collector/src/store/migrate.ts';
import type { ClassicDashboard } from './classic.ts';
import { DASHBOARDS } from './dashboards.ts';
import { expandLink } from './expand-links.ts';
import { type Choice, expandMacros, type PanelTime } from './expand-macros.ts';
import { seedShop } from './seed-shop.ts';

interface Question {
  readonly name: string;
  readonly sql: string;
}

type Row = Record<string, unknown>;

/** Everything that a dashboard asks ClickHouse: panels, variables, annotations. */
function questions(dashboard: ClassicDashboard): Question[] {
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

const ALL: Choice = { service: [], environment: [], version: [], endpoint: [] };
const ORDERS: Choice = {
  service: ['shop'],
  environment: ['production', '(none)'],
  version: ['1.0.0', '1.1.0'],
  endpoint: ['GET /orders'],
};
const CHECKOUT: Choice = { ...ORDERS, endpoint: ['POST /checkout'] };

/** What the endpoint without queries, or the one without failures, has none of. */
const EMPTY_FOR_ORDERS = [
  'Failed requests',
  'Exceptions by type',
  'Exceptions by endpoint',
  'Exceptions by kind',
].concat(['Exceptions by version', 'Latest stacks']);
/** Columns that may hold nothing: a regression that is not over. */
const NULLABLE = ['resolved_at'];

/** Paths of the dashboard's pages, `:id` for a segment. */
const PAGES = [
  ...readFileSync(new URL('../../packages/web/src/routes.tsx', import.meta.url), 'utf8').matchAll(/\bat: '(\/[^']*)'/g),
].map(([, path]) => new RegExp(`^${path!.replaceAll(/:\w+/g, '[^/]+')}$`));

/** Columns of the tables of the OpenTelemetry Collector's ClickHouse exporter (opentelemetry-collector-contrib, Apache-2.0). */
const OTEL_COLUMNS = {
  otel_traces:
    'Timestamp TraceId SpanId ParentSpanId TraceState SpanName SpanKind ServiceName ResourceAttributes ScopeName ScopeVersion SpanAttributes Duration StatusCode StatusMessage Events.Timestamp Events.Name Events.Attributes Links.TraceId Links.SpanId Links.TraceState Links.Attributes',
  otel_traces_trace_id_ts: 'TraceId Start End',
  otel_logs:
    'Timestamp TimestampTime TraceId SpanId TraceFlags SeverityText SeverityNumber ServiceName Body ResourceSchemaUrl ResourceAttributes ScopeSchemaUrl ScopeName ScopeVersion ScopeAttributes LogAttributes EventName',
} as const;

eachStore('Grafana dashboards', (open) => {
  let time: PanelTime;
  let ask: (sql: string) => Promise<Row[]>;
  let close = async () => {};

  beforeAll(async () => {
    const store = await open();
    await migrate(store, { retentionDays: 7 });
    time = { ...(await seedShop(store)), intervalSeconds: 60 };
    if (store instanceof EmbeddedStore) ({ ask, close } = await throughPort(store));
    else ask = (sql) => store.query<Row>(sql);
  });
  afterAll(() => close());

  const asked = (sql: string, choice: Choice = ALL, at: PanelTime = time) => ask(expandMacros(sql, at, choice));
  const panel = async (file: string, name: string, choice: Choice = ALL) => {
    const question = questions(DASHBOARDS[file]!()).find((candidate) => candidate.name === name)!;
    return asked(question.sql, choice);
  };

  it('every query of every panel, variable and annotation answers with rows', async () => {
    let answered = 0;
    for (const [file, dashboard] of Object.entries(DASHBOARDS)) {
      for (const { name, sql } of questions(dashboard())) {
        const choices = file === 'endpoint.json' ? [ORDERS] : [ALL, ORDERS];
        for (const choice of choices) {
          // Grafana has another choice for whom the panel is about.
          const shown = choice === ORDERS && EMPTY_FOR_ORDERS.includes(name) ? CHECKOUT : choice;
          const rows = await asked(sql, shown);
          expect(rows.length, `${file}, ${name}: ${JSON.stringify(shown)}`).toBeGreaterThan(0);
          const nulls = Object.keys(rows[0]!).filter((column) => rows[0]![column] === null);
          expect(
            nulls.filter((column) => !NULLABLE.includes(column)),
            `${file}, ${name}`,
          ).toEqual([]);
          answered += 1;
        }
      }
    }
    expect(answered).toBeGreaterThan(100);
  });

  it('a chart has its column of time first, in order, and numbers', async () => {
    for (const [file, dashboard] of Object.entries(DASHBOARDS)) {
      for (const { title, type, targets } of dashboard().panels) {
        if (type !== 'timeseries' && type !== 'heatmap') continue;
        const rows = await asked((targets as unknown as { rawSql: string }[])[0]!.rawSql, ORDERS_OR_ALL(file, title!));
        expect(Object.keys(rows[0]!)[0], title).toBe('time');
        const times = rows.map((row) => String(row.time));
        expect(times, title).toEqual([...times].sort());
        const value = Object.values(rows[0]!).at(-1);
        expect(typeof value, title).toBe('number');
      }
    }
  });

  it('the numbers are those of the seed', async () => {
    expect(await panel('overview.json', 'Requests')).toEqual([{ requests: 60 }]);
    expect(await panel('overview.json', 'Error rate')).toEqual([{ error_rate: 6 / 60 }]);
    expect(await panel('overview.json', 'Requests with an N+1')).toEqual([{ n_plus_one: 30 }]);
    expect(await panel('overview.json', 'Queries per request')).toEqual([{ queries: (30 * 7) / 60 }]);

    const [heaviest] = await panel('overview.json', 'Endpoints');
    expect(heaviest).toMatchObject({ service: 'shop', endpoint: 'GET /orders', requests: 30, n_plus_one: 30 });
    expect(heaviest).toMatchObject({ avg_ms: (25 * 300 + 5 * 700) / 30, queries_per_request: 7, error_rate: 0 });
    expect(heaviest).toMatchObject({ page: '/endpoints/shop/GET/%2Forders' });

    const [repeated] = await panel('queries.json', 'N+1 queries');
    expect(repeated).toMatchObject({ endpoint: 'GET /orders', requests: 30, repeats_p50: 5, repeats_max: 5 });
    expect(repeated).toMatchObject({ call_site: '/srv/shop/orders.js:12' });
    expect(await panel('queries.json', 'Loops over HTTP and caches')).toMatchObject([{ repeats_max: 4 }]);
    expect(await panel('queries.json', 'Slow queries')).toMatchObject([{ requests: 30, max_ms: 150 }]);

    expect(await panel('exceptions.json', 'Exceptions by kind')).toMatchObject([
      { type: 'EmptyCartError', message: 'the cart is empty', endpoint: 'POST /checkout', exceptions: 6, versions: 2 },
    ]);
    expect(await panel('overview.json', 'annotation Deploys')).toMatchObject([{ text: 'shop 1.1.0' }]);
    const marks = await panel('endpoint.json', 'annotation Regressions', ORDERS);
    expect(marks.map(({ text }) => text)).toEqual([
      expect.stringMatching(/^shop GET \/orders: .*2\.3 times/),
      expect.stringMatching(/^shop GET \/orders: .*2\.3 times/),
    ]);
  });

  it('an endpoint is taken apart: its versions, its queries with their lines, its time', async () => {
    expect(await panel('endpoint.json', 'Versions', ORDERS)).toMatchObject([
      { version: '1.1.0', requests: 5, avg_ms: 700, queries_per_request: 7 },
      { version: '1.0.0', requests: 25, avg_ms: 300, queries_per_request: 7 },
    ]);
    const queries = await panel('endpoint.json', 'Queries of the endpoint', ORDERS);
    expect(queries.map(({ query, calls_per_request, call_site }) => [query, calls_per_request, call_site])).toEqual([
      ['SELECT sum(total) FROM orders', 1, ''],
      ['SELECT * FROM items WHERE order_id = ?', 5, '/srv/shop/orders.js:12'],
      ['SELECT * FROM orders', 1, ''],
    ]);
    const [before] = await panel('endpoint.json', 'Where the time goes', ORDERS);
    expect(before).toMatchObject({ database: 202, http: 20, own_code: 78 });
    // In both environments.
    const firing = await panel('regressions.json', 'Firing', ORDERS);
    expect(firing).toHaveLength(2);
    expect(firing[0]).toMatchObject({
      endpoint: 'GET /orders',
      kind: 'response_time',
      version: '1.1.0',
      baseline: 300,
    });
  });

  it('outside its time range, or of another service, a panel is empty, not wrong', async () => {
    const dayBefore = { ...time, fromSeconds: time.fromSeconds - 86_400, toSeconds: time.toSeconds - 86_400 };
    const another = { ...ALL, service: ["another's"] };
    for (const [file, dashboard] of Object.entries(DASHBOARDS)) {
      for (const { name, sql } of questions(dashboard())) {
        if (name.startsWith('variable ')) continue;
        const answers = [];
        if (sql.includes('$__timeFilter(')) {
          // What fires, fires now, whenever is looked at.
          if (!sql.includes("state = 'firing'")) answers.push(await asked(sql, ALL, dayBefore));
        }
        if (sql.includes('$service')) answers.push(await asked(sql, another));
        expect(answers.length > 0 || file === 'collector.json', name).toBe(true);
        const values = answers
          .flat()
          .flatMap((row) => Object.values(row))
          .filter((value) => value !== null);
        expect(new Set([0, ...values]), `${file}, ${name}`).toEqual(new Set([0]));
      }
    }
  });

  it('links of the rows lead to pages and dashboards that there are, about what the row shows', async () => {
    const uids = Object.values(DASHBOARDS).map((dashboard) => dashboard());
    const values = { profiler_url: 'http://localhost:4318', datasource: 'profiler' };
    const followed = new Set<string>();
    for (const [file, dashboard] of Object.entries(DASHBOARDS)) {
      for (const { title, fieldConfig, targets } of dashboard().panels) {
        const links = (fieldConfig?.overrides ?? []).flatMap(({ properties }) =>
          properties.filter(({ id }) => id === 'links').flatMap(({ value }) => value as { url: string }[]),
        );
        if (links.length === 0) continue;
        const choice = EMPTY_FOR_ORDERS.includes(title!) ? CHECKOUT : ORDERS;
        const [row] = await asked((targets as unknown as { rawSql: string }[])[0]!.rawSql, choice);
        for (const link of links) {
          const address = new URL(expandLink(link.url, row!, values), 'http://grafana');
          expect(address.href, `${file}, ${title}`).not.toMatch(/\$|%7B|undefined/);
          if (address.host === 'grafana') {
            const target = uids.find(({ uid }) => address.pathname === `/d/${uid}`);
            expect(target, address.href).toBeDefined();
            const names = target!.templating!.list!.map(({ name }) => `var-${name}`);
            expect([...address.searchParams.keys()].filter((name) => !['from', 'to', ...names].includes(name))).toEqual(
              [],
            );
            expect(address.searchParams.get('var-service')).toBe('shop');
          } else {
            expect(address.origin).toBe(values.profiler_url);
            expect(
              PAGES.filter((page) => page.test(address.pathname)),
              address.pathname,
            ).toHaveLength(1);
            const traceId = /^\/traces\/(.*)$/.exec(address.pathname)?.[1];
            if (traceId !== undefined)
              expect(await ask(`SELECT 1 AS found FROM spans WHERE trace_id = '${traceId}'`)).toHaveLength(1);
          }
          const [, id] = /^\/queries\/shop\/(\w+)$/.exec(address.pathname) ?? [];
          if (id !== undefined) {
            const known = `SELECT DISTINCT query_text FROM query_minutely WHERE fingerprint = reinterpretAsUInt64(reverse(unhex('${id}')))`;
            expect(await ask(known)).toEqual([{ query_text: row!.query }]);
          }
          const [, key] = /^\/exceptions\/(\w+)$/.exec(address.pathname) ?? [];
          if (key !== undefined) {
            const known = `SELECT DISTINCT exception_type FROM exceptions WHERE exception_key = reinterpretAsUInt64(reverse(unhex('${key}')))`;
            expect(await ask(known)).toEqual([{ exception_type: row!.type }]);
          }
          followed.add(address.pathname.split('/')[1]!);
        }
      }
    }
    expect([...followed].sort()).toEqual([
      'd',
      'endpoints',
      'exceptions',
      'findings',
      'queries',
      'regressions',
      'requests',
      'setup',
      'traces',
    ]);
  });

  it("the views have the columns of the OpenTelemetry exporter, which the plugin's own dashboards ask for", async () => {
    for (const [view, columns] of Object.entries(OTEL_COLUMNS)) {
      const described = await ask(
        `SELECT name FROM system.columns WHERE database = currentDatabase() AND table = '${view}'`,
      );
      expect(described.map(({ name }) => name).sort(), view).toEqual(columns.split(' ').sort());
    }
    // The plugin offers a database only when it has both.
    const databases = `SELECT database FROM system.tables WHERE name IN ('otel_logs', 'otel_traces') AND database = currentDatabase()
GROUP BY database HAVING count(DISTINCT name) = 2`;
    expect(await ask(databases)).toHaveLength(1);
    const [failed] = await ask(
      "SELECT SpanName, SpanKind, StatusCode, Duration, ResourceAttributes['service.version'] AS version, `Events.Name` AS events, `Events.Attributes` AS attributes, `Links.TraceId` AS links FROM otel_traces WHERE StatusCode = 'Error' ORDER BY Timestamp LIMIT 1",
    );
    expect(failed).toMatchObject({
      SpanName: 'POST /checkout',
      SpanKind: 'Server',
      Duration: 20_000_000,
      version: '1.0.0',
    });
    expect(failed).toMatchObject({ events: ['cache miss', 'exception'], links: ['aa'.repeat(16)] });
    expect(failed!.attributes).toEqual([
      { tries: '2' },
      expect.objectContaining({ 'exception.type': 'EmptyCartError', 'exception.message': 'the cart is empty' }),
    ]);
    // As the plugin asks for a trace: the time range first, by the second view.
    const trace = await ask(`WITH '${'2'.padStart(32, '0')}' AS trace_id,
    (SELECT min(Start) FROM otel_traces_trace_id_ts WHERE TraceId = trace_id) AS trace_start,
    (SELECT max(End) + 1 FROM otel_traces_trace_id_ts WHERE TraceId = trace_id) AS trace_end
SELECT TraceId AS traceID, SpanId AS spanID, SpanName AS operationName, multiply(Duration, 0.000001) AS duration,
    arrayMap(key -> map('key', key, 'value', SpanAttributes[key]), mapKeys(SpanAttributes)) AS tags,
    arrayMap((name, at, fields) -> tuple(name, toString(toUnixTimestamp64Milli(at)), fields), \`Events.Name\`, \`Events.Timestamp\`, \`Events.Attributes\`) AS logs,
    arrayMap((trace, span) -> tuple(trace, span), \`Links.TraceId\`, \`Links.SpanId\`) AS references
FROM otel_traces
WHERE traceID = trace_id AND Timestamp >= trace_start AND Timestamp <= trace_end
LIMIT 1000`);
    expect(trace).toMatchObject([{ operationName: 'POST /checkout', duration: 20, tags: [{ key: 'http.route' }] }]);
    const logs = await ask('SELECT Body, SeverityText, ServiceName FROM otel_logs');
    expect(logs).toHaveLength(6);
    expect(logs[0]).toEqual({ Body: 'EmptyCartError: the cart is empty', SeverityText: 'ERROR', ServiceName: 'shop' });
  });
});

const ORDERS_OR_ALL = (file: string, title: string): Choice =>
  file === 'endpoint.json' ? ORDERS : EMPTY_FOR_ORDERS.includes(title) ? CHECKOUT : ALL;

/** As Grafana asks the embedded engine: over HTTP, by `--clickhouse-port`, which lets only reads through. */
async function throughPort(store: EmbeddedStore) {
  const { engine, database } = store;
  const registry = new Registry();
  const port = createClickHousePort({ engine, database, host: '127.0.0.1', authToken: undefined, registry });
  port.server.listen(0, '127.0.0.1');
  await once(port.server, 'listening');
  const client = createClient({
    url: `http://127.0.0.1:${(port.server.address() as AddressInfo).port}`,
    database,
    log: { level: ClickHouseLogLevel.OFF },
  });
  return {
    async ask(query: string): Promise<Row[]> {
      const settings = { output_format_json_quote_64bit_integers: 0 } as const;
      const result = await client.query({ query, format: 'JSONEachRow', clickhouse_settings: settings });
      return result.json<Row>();
    },
    async close() {
      await client.close();
      port.server.close();
      await port.drained();
    },
  };
}
