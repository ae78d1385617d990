import { Random } from '../random.ts';

export interface MixedQuery {
  readonly text: string;
  /** Value of `db.system.name`. */
  readonly system: string;
  readonly kind: string;
}

const TABLES = [
  'orders',
  'order_items',
  'customers',
  'products',
  'audit_log_2024',
  'payments',
  'sessions',
  'inventory',
];
const COLUMNS = ['id', 'created_at', 'customer_id', 'status', 'total_cents', 'note', 'updated_at', 'sku', 'email'];
const WORDS = ['north', "o''hara", 'pending', 'Zürich', 'shipped', 'a@example.com', '2024-05-01', 'x%', 'refund'];

/** `queries` statements, none of them twice, in four dialects; the kinds take turns. */
export function sqlMix(queries: number, seed: number): MixedQuery[] {
  const random = new Random(seed);
  return Array.from({ length: queries }, (_, index) => {
    const kind = SQL_MIX_KINDS[index % SQL_MIX_KINDS.length]!;
    return { kind, ...KINDS[kind]!(random, index) };
  });
}

type Unsorted = Omit<MixedQuery, 'kind'>;

const KINDS: Readonly<Record<string, (random: Random, index: number) => Unsorted>> = {
  'ORM select': ormSelect,
  'ORM insert': ormInsert,
  'by hand, with values': byHand,
  'IN list': inList,
  'rows of VALUES': bulkInsert,
  report,
};

/** What a fleet of services sends, each kind the same number of times. */
export const SQL_MIX_KINDS: readonly string[] = Object.keys(KINDS);

/** As Sequelize and TypeORM write it, with sqlcommenter's comment behind it. */
function ormSelect(random: Random, index: number): Unsorted {
  const table = random.pick(TABLES);
  const columns = COLUMNS.map((it) => `"${table}"."${it}" AS "${table}_${it}"`).join(', ');
  return {
    system: 'postgresql',
    text:
      `SELECT ${columns} FROM "public"."${table}" "${table}" WHERE "${table}"."${random.pick(COLUMNS)}" = $1 ` +
      `AND "${table}"."status" IN ($2, $3) ORDER BY "${table}"."id" DESC LIMIT 20 OFFSET $4 ` +
      `/*route='%2Forders%2F%3Aid',traceparent='00-${hex(random, 32)}-${hex(random, 16)}-01',n='${index}'*/`,
  };
}

function ormInsert(random: Random, index: number): Unsorted {
  const columns = COLUMNS.map((it) => `\`${it}\``).join(',');
  const values = COLUMNS.map(() => value(random)).join(',');
  return {
    system: 'mysql',
    text: `INSERT INTO \`${random.pick(TABLES)}\` (${columns}) VALUES (DEFAULT,${index},${values});`,
  };
}

function byHand(random: Random, index: number): Unsorted {
  return {
    system: 'microsoft.sql_server',
    text: `SELECT TOP 50 o.[Id], o.[Total]\n  FROM dbo.[${random.pick(TABLES)}] o\n  JOIN dbo.[${random.pick(TABLES)}] i ON i.OrderId = o.Id -- ${index}
 WHERE o.CustomerId = ${random.whole(1, 1e9)} AND o.Note LIKE N'${random.pick(WORDS)}' AND i.Price > ${random.whole(1, 1e4)}.95 AND o.DeletedAt IS NULL`,
  };
}

function inList(random: Random): Unsorted {
  const ids = Array.from({ length: random.whole(10, 100) }, () => random.whole(1, 1e9));
  return {
    system: 'sqlite',
    text: `SELECT * FROM ${random.pick(TABLES)} WHERE ${random.pick(COLUMNS)} IN (${ids.join(', ')}) AND note <> '${random.pick(WORDS)}'`,
  };
}

function bulkInsert(random: Random): Unsorted {
  const rows = Array.from(
    { length: random.whole(5, 50) },
    () => `(${random.whole(1, 1e6)}, '${random.pick(WORDS)}', ${random.whole(1, 999)}.99, NULL, now())`,
  );
  return {
    system: 'postgresql',
    text: `INSERT INTO ${random.pick(TABLES)} (id, sku, price, note, at) VALUES ${rows.join(', ')} ON CONFLICT (id) DO NOTHING RETURNING id`,
  };
}

function report(random: Random, index: number): Unsorted {
  const [orders, items] = [random.pick(TABLES), random.pick(TABLES)];
  return {
    system: 'postgresql',
    text: `WITH recent AS (
    SELECT date_trunc('day', o.created_at) AS day, o.customer_id, sum(i.total_cents) FILTER (WHERE i.status = 'paid') AS cents
      FROM ${orders} AS o
      LEFT JOIN ${items} AS i ON i.order_id = o.id AND i.quantity > ${index}
     WHERE o.created_at >= now() - interval '${random.whole(1, 90)} days' /* of the last quarter */
     GROUP BY 1, 2
)
SELECT r.day, c.email, coalesce(r.cents, 0)::numeric / 100 AS total, rank() OVER (PARTITION BY r.day ORDER BY r.cents DESC)
  FROM recent r
  JOIN customers c ON c.id = r.customer_id
 WHERE c.tags @> ARRAY['vip', '${random.pick(WORDS)}'] AND (c.email ILIKE '%${random.pick(WORDS)}%' OR c.id = ${random.whole(1, 1e6)})
 ORDER BY r.day DESC, total DESC
 LIMIT ${random.whole(10, 500)}`,
  };
}

function value(random: Random): string {
  return random.whole(0, 1) === 0 ? String(random.whole(-1e6, 1e6)) : `'${random.pick(WORDS)}'`;
}

function hex(random: Random, digits: number): string {
  return Array.from({ length: digits }, () => random.whole(0, 15).toString(16)).join('');
}
