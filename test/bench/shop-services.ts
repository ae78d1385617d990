/** The six services of the shop that the load comes from: 48 endpoints, about 50 statements. */
export interface ShopService {
  readonly name: string;
  readonly version: string;
  readonly namespace: string;
  readonly tables: readonly string[];
  /** Whether its driver writes values into the statement, so that nearly every text is new. */
  readonly inlinesValues: boolean;
}

export const SERVICES_MAX = 6;

export const SERVICES: readonly ShopService[] = [
  service('gateway', '4.12.0', ['sessions', 'feature_flags', 'rate_limits']),
  service('orders', '2.31.4', ['orders', 'order_items', 'shipments', 'returns']),
  service('catalog', '7.0.2', ['products', 'categories', 'product_images', 'prices']),
  service('customers', '1.18.9', ['customers', 'addresses', 'consents']),
  { ...service('billing', '3.3.0', ['invoices', 'invoice_lines', 'payments']), inlinesValues: true },
  service('inventory', '0.44.1', ['stock_levels', 'warehouses', 'reservations']),
];

export interface ShopRoute {
  readonly method: string;
  /** `:id` is where the path has a number of the trace. */
  readonly route: string;
}

/** Eight of each service. */
export function routesOf(shopService: ShopService): readonly ShopRoute[] {
  const [first, second, third] = shopService.tables.map((table) => table.replaceAll('_', '-'));
  return [
    { method: 'GET', route: `/api/v1/${first}/:id` },
    { method: 'GET', route: `/api/v1/${first}/:id/${second}` },
    { method: 'POST', route: `/api/v1/${first}/:id` },
    { method: 'GET', route: `/api/v1/${second}/:id` },
    { method: 'PUT', route: `/api/v1/${second}/:id` },
    { method: 'GET', route: `/api/v1/${third}/:id/summary` },
    { method: 'DELETE', route: `/api/v1/${third}/:id` },
    { method: 'GET', route: `/api/v1/${first}/:id/export` },
  ];
}

export interface ShopStatement {
  readonly operation: 'SELECT' | 'UPDATE' | 'INSERT';
  readonly table: string;
  readonly text: string;
}

/** Four of each table; `value` stands where a driver without parameters would write one. */
export function statementsOf({ tables, inlinesValues }: ShopService, value: string): readonly ShopStatement[] {
  const one = inlinesValues ? value : '$1';
  const two = inlinesValues ? `'${value}'` : '$2';
  return tables.flatMap((table): ShopStatement[] => [
    { operation: 'SELECT', table, text: `SELECT * FROM ${table} WHERE id = ${one}` },
    {
      operation: 'SELECT',
      table,
      text: `SELECT t.id, t.created_at, t.updated_at, t.state, t.owner_id, count(*) OVER () AS total FROM ${table} AS t LEFT JOIN audit_log AS l ON l.subject_id = t.id AND l.kind = ${two} WHERE t.owner_id = ${one} AND t.deleted_at IS NULL ORDER BY t.created_at DESC LIMIT 50`,
    },
    {
      operation: 'UPDATE',
      table,
      text: `UPDATE ${table} SET state = ${two}, updated_at = now(), version = version + 1 WHERE id = ${one} RETURNING id, version`,
    },
    {
      operation: 'INSERT',
      table,
      text: `INSERT INTO ${table} (owner_id, state, payload) VALUES (${one}, ${two}, NULL)`,
    },
  ]);
}

function service(name: string, version: string, tables: readonly string[]): ShopService {
  return { name, version, namespace: `shop_${name}`, tables, inlinesValues: false };
}
