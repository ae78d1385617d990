// The libraries through which apps talk to their databases, as they are, against the databases as they are: what they do N
// times is found once, with its line and its count, and what they do at once is left alone. Each program's spans also go to
// the collector as a plain SDK would send them, where only the line is not known.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Redis } from 'ioredis';
import mongoose from 'mongoose';
import mysql from 'mysql2/promise';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Endpoint, Finding } from '../../collector/src/api/types.ts';
import { AppProcess } from '../support/app-process.ts';
import { type BothPaths, PLAIN, startBothPaths } from '../support/both-paths.ts';
import { type CollectorProcess, eventually, startCollector } from '../support/collector-process.ts';
import { startMariadb } from '../support/mariadb.ts';
import { startMongodb } from '../support/mongodb.ts';
import { describeNeeding } from '../support/needs.ts';
import { startPostgres } from '../support/postgres.ts';
import { startRedis } from '../support/redis.ts';

const APPS = fileURLToPath(new URL('../apps/orms', import.meta.url));
/** As many as the programs ask for. */
const ORDERS = 7;
/** How many programs run at a time. */
const SIDE_BY_SIDE = 2;
/** On a busy machine the collector rests for long between two computations of its rollups. */
const DERIVED_MS_MAX = 60_000;

interface Program {
  readonly name: string;
  /** Part of the statement that is repeated. */
  readonly query: string;
  /** Endpoints that find the N+1, with the mark of its line and the function that it is in. @default both */
  readonly lines?: Readonly<Record<string, readonly [mark: string, functionName: string]>>;
  /** Whether the driver shows the bind values. @default true */
  readonly values?: boolean;
  /** @default ORDERS */
  readonly repeats?: number;
  /** @default 'n_plus_one' */
  readonly type?: string;
}

interface Database {
  readonly env: Readonly<Record<string, string>>;
  stop(): Promise<void>;
}

const LINES = {
  'GET /unfixed': ['// N+1', 'unfixed'],
  'GET /side-by-side': ['// side by side', 'sideBySide'],
} as const;

let collector: CollectorProcess;
let relay: BothPaths;
let shop: readonly string[];
beforeAll(async () => {
  // Of a busy machine, nothing is to be found but what the programs do.
  collector = await startCollector({ env: { PROFILER_SLOW_QUERY_THRESHOLD_MS: '60000' } });
  relay = await startBothPaths(collector.url);
  shop = ((await import(join(APPS, 'shop.mjs'))) as { SCHEMA: string[] }).SCHEMA;
});
afterAll(async () => {
  await relay?.stop();
  await collector?.stop();
});

/** Starts a program as its user does, asks each of its endpoints once, and ends it. */
async function exercise({ name, lines = LINES }: Program, env: Readonly<Record<string, string>>): Promise<void> {
  const app = new AppProcess(`${name}.mjs`, {
    cwd: APPS,
    nodeArgs: ['--import', '@profiler/register'],
    env: {
      ...env,
      OTEL_SERVICE_NAME: name,
      OTEL_EXPORTER_OTLP_ENDPOINT: relay.url,
      OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
    },
  });
  try {
    const url = await app.listening();
    for (const endpoint of [...Object.keys(lines), 'GET /fixed']) {
      const response = await fetch(url + endpoint.replace('GET ', ''));
      expect([response.status, ((await response.json()) as object[]).length > 0], `${name} ${endpoint}`).toEqual([
        200,
        true,
      ]);
    }
  } finally {
    await app.end();
  }
  expect(app.stderr, name).toBe('');
}

/** One database, and the programs that use it. */
function describePrograms(start: () => Promise<Database>, programs: readonly Program[]): void {
  let database: Database;
  beforeAll(async () => {
    database = await start();
    const waiting = [...programs];
    const work = async () => {
      for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) await exercise(next, database.env);
    };
    await Promise.all(Array.from({ length: SIDE_BY_SIDE }, work));
  });
  afterAll(() => database?.stop());

  describe.each(programs.map((program) => [program.name, program] as const))('%s', (name, program) => {
    const { query, lines = LINES, values = true, repeats = ORDERS, type = 'n_plus_one' } = program;
    it.each([
      ['by our span processor', ''],
      ['by the collector, from plain spans', PLAIN],
    ])('%s: each N+1 once, and nothing of what is fixed', async (_, path) => {
      const service = name + path;
      const counted = ({ route, queriesPerRequest }: Endpoint) => route === '/fixed' && queriesPerRequest > 0;
      await eventually(
        () => collector.list<Endpoint>('endpoints', { service }),
        (endpoints) => endpoints.length === Object.keys(lines).length + 1 && endpoints.some(counted),
        DERIVED_MS_MAX,
      );
      const findings = await eventually(
        () => collector.list<Finding>('findings', { service }),
        ({ length }) => length >= Object.keys(lines).length,
        DERIVED_MS_MAX,
      );
      const source = (await readFile(join(APPS, `${name}.mjs`), 'utf8')).split('\n');
      const expected = Object.entries(lines).map(([endpoint, [mark, functionName]]) => {
        const line = source.findIndex((text) => text.endsWith(mark)) + 1;
        return {
          endpoint,
          type,
          query: expect.stringContaining(query),
          repeatsP50: repeats,
          repeatsMax: repeats,
          occurrences: 1,
          distinctValues: path === '' && values ? repeats : null,
          callSite: path === '' ? `apps/orms/${name}.mjs:${line}${functionName && ` (${functionName})`}` : '',
        };
      });
      const found = [...findings].sort((a, b) => b.endpoint.localeCompare(a.endpoint));
      expect(found).toMatchObject(expected);
      expect(found).toHaveLength(expected.length);
    });
  });
}

describe('on PostgreSQL, through', () => {
  const start = async () => {
    const { url, stop } = await startPostgres();
    const client = new pg.Client(url);
    await client.connect();
    for (const statement of shop) await client.query(statement);
    await client.end();
    return { env: { DATABASE_URL: url }, stop };
  };
  describePrograms(start, [
    {
      name: 'pg',
      query: 'SELECT product FROM order_lines WHERE order_id = ?',
      lines: { 'GET /unfixed': ['// N+1', 'linesOf'], 'GET /side-by-side': ['// N+1', 'linesOf'] },
    },
    { name: 'knex', query: 'select "product" from "order_lines" where "order_id" = ?' },
    {
      name: 'sequelize',
      query: 'SELECT "id", "product", "order_id" FROM "order_lines" AS "Line" WHERE "Line"."order_id" = ?',
    },
    {
      name: 'typeorm',
      query:
        'SELECT "Line"."id" AS "Line_id", "Line"."product" AS "Line_product", "Line"."order_id" AS "Line_order_id" FROM',
    },
    {
      name: 'drizzle',
      query: 'select "id", "order_id", "product" from "order_lines" where "order_lines"."order_id" = ?',
    },
    {
      name: 'prisma',
      query:
        'SELECT "public"."order_lines"."id", "public"."order_lines"."order_id", "public"."order_lines"."product" FROM "public"."order_lines" WHERE "public"."order_lines"."order_id" = ? OFFSET ?',
    },
  ]);
});

describe('on SQLite, through', () => {
  describePrograms(
    async () => ({ env: {}, stop: async () => {} }),
    [
      {
        name: 'sqlite',
        query: 'SELECT product FROM order_lines WHERE order_id = ?',
        lines: { 'GET /unfixed': ['// N+1', ''] },
      },
      { name: 'knex-sqlite', query: 'select * from `order_lines` where `order_id` = ?' },
    ],
  );
});

describeNeeding('mariadb', 'on MariaDB, through', () => {
  const start = async () => {
    const { port, stop } = await startMariadb();
    const connection = await mysql.createConnection({ host: '127.0.0.1', port, user: 'root' });
    for (const statement of ['CREATE DATABASE shop', 'USE shop', ...shop]) await connection.query(statement);
    await connection.end();
    return { env: { MARIADB_URL: `mysql://root@127.0.0.1:${port}/shop` }, stop };
  };
  describePrograms(start, [
    {
      name: 'mysql2',
      query: 'SELECT product FROM order_lines WHERE order_id = ?',
      lines: { 'GET /unfixed': ['// N+1', 'unfixed'], 'GET /side-by-side': ['// side by side', 'ask'] },
      values: false,
    },
    {
      name: 'drizzle-mysql',
      query: 'select `id`, `order_id`, `product` from `order_lines` where `order_lines`.`order_id` = ?',
      values: false,
    },
  ]);
});

describeNeeding('mongodb', "on a server with MongoDB's protocol, through", () => {
  const start = async () => {
    const { port, stop } = await startMongodb();
    const url = `mongodb://127.0.0.1:${port}/shop`;
    const { connection } = await mongoose.connect(url);
    const ids = (count: number) => Array.from({ length: count }, (_, at) => at + 1);
    const insert = (name: string, documents: { _id: number }[]) =>
      connection.collection<{ _id: number }>(name).insertMany(documents);
    await insert(
      'orders',
      ids(20).map((_id) => ({ _id, customer: `customer ${_id}` })),
    );
    await insert(
      'lines',
      ids(60).map((_id) => ({ _id, order: 1 + (_id % 20), product: `product ${_id}` })),
    );
    await mongoose.disconnect();
    return { env: { MONGODB_URL: url }, stop };
  };
  describePrograms(start, [{ name: 'mongoose', query: 'find lines {"filter":{"order":?}}', values: false }]);
});

describeNeeding('redis', 'on Redis, through', () => {
  const start = async () => {
    const { port, stop } = await startRedis();
    const redis = new Redis(port, '127.0.0.1');
    await redis.mset(
      Object.fromEntries(Array.from({ length: 20 }, (_, at) => [`order:${at + 1}`, `customer ${at + 1}`])),
    );
    redis.disconnect();
    return { env: { REDIS_URL: `redis://127.0.0.1:${port}` }, stop };
  };
  const lines = { 'GET /unfixed': ['// N+1', 'unfixed'], 'GET /side-by-side': ['// side by side', ''] } as const;
  // A cache is asked again and again by design, which is a finding of its own.
  const shared = { lines, repeats: 20, type: 'cache_loop' };
  describePrograms(start, [
    { name: 'ioredis', query: 'get order:?', ...shared },
    { name: 'redis', query: 'GET order:?', ...shared },
  ]);
});
