import type { AttributeValue, OtlpEvent, OtlpSpan } from '../../support/otlp.ts';
import type { Dice } from '../dice.ts';
import type { Ids } from './ids.ts';

/** What an entry span says of its own request: rows that the collector takes from its attributes. */
export interface EntryTable {
  readonly spanId: string;
  readonly queries: number;
  readonly calls: number;
  readonly durationNs: number;
  readonly exceptions: number;
}

/** One request of an app, as its SDK would export it. */
export interface MadeRequest {
  readonly entry: OtlpSpan;
  readonly children: readonly OtlpSpan[];
  /** Undefined for an app without our processor. */
  readonly table: EntryTable | undefined;
}

const QUERIES = [
  'SELECT * FROM orders WHERE id = $1',
  'SELECT * FROM items WHERE order_id = $1',
  'SELECT name, price FROM products WHERE id = $1',
  'INSERT INTO audit (actor, action) VALUES ($1, $2)',
  'UPDATE carts SET total = $1 WHERE id = $2',
  'SELECT count(*) FROM reviews WHERE product_id = $1',
] as const;
const ROUTES = ['/orders', '/orders/{id}', '/products/{id}', '/cart', '/search', '/reports/daily'] as const;
const MS = 1_000_000;
/** How the types of exceptions begin that entry spans carry. */
export const COUNTED_TYPE = 'Failure';

interface Making {
  readonly dice: Dice;
  readonly ids: Ids;
  /** Start of the request, nanoseconds since the epoch. */
  readonly startNs: bigint;
}

/** A request of an app that carries our processor: the entry span counts, its children are folded into it. */
export function instrumentedRequest({ dice, ids, startNs }: Making): MadeRequest {
  const rows = dice.shuffled(QUERIES).slice(0, 1 + dice.below(4));
  const calls = rows.map(() => 1 + dice.below(dice.chance(0.3) ? 30 : 3));
  const maxNs = rows.map(() => durationNs(dice, 2));
  const sumNs = rows.map((_, row) => maxNs[row]! * calls[row]!);
  const exceptions = dice.chance(0.1) ? 1 + dice.below(2) : 0;
  const entry = entrySpan({ dice, ids, startNs }, exceptions > 0, {
    'profiler.version': '0.1.0',
    'profiler.sampled': true,
    'profiler.query_count': calls.reduce((sum, count) => sum + count, 0),
    'profiler.query_duration_ns': sumNs.reduce((sum, ns) => sum + ns, 0),
    'profiler.query.text': rows,
    'profiler.query.system': rows.map(() => 'postgresql'),
    'profiler.query.loop_path': rows.map(() => 'handler'),
    'profiler.query.count': calls,
    'profiler.query.duration_ns': sumNs,
    'profiler.query.duration_max_ns': maxNs,
    'profiler.query.call_site': rows.map(() => 'src/orders.js:12:list'),
    'profiler.query.distinct_values': rows.map(() => -1),
    ...(exceptions > 0 && {
      'profiler.exception.type': Array.from({ length: exceptions }, (_, index) => `${COUNTED_TYPE}${index}`),
      'profiler.exception.message': Array.from({ length: exceptions }, () => 'the request failed'),
      'profiler.exception.stacktrace': Array.from({ length: exceptions }, () => 'at list (src/orders.js:12)'),
    }),
  });
  const children = Array.from({ length: dice.below(4) }, () =>
    querySpan({ dice, ids, startNs }, entry, dice.pick(QUERIES), { 'profiler.folded': true }),
  );
  const table = {
    spanId: entry.spanId,
    queries: rows.length,
    calls: calls.reduce((sum, count) => sum + count, 0),
    durationNs: sumNs.reduce((sum, ns) => sum + ns, 0),
    exceptions,
  };
  return { entry, children, table };
}

/** A request of any other app: a handler below the entry span, and the same query again and again below that. */
export function plainRequest({ dice, ids, startNs }: Making): MadeRequest {
  const failed = dice.chance(0.1);
  const thrown: OtlpEvent[] = failed
    ? [
        {
          name: 'exception',
          attributes: {
            'exception.type': dice.pick(['TypeError', 'RangeError']),
            'exception.message': 'order 17 is gone',
            'exception.stacktrace': 'at load (src/load.js:3)',
          },
        },
      ]
    : [];
  const entry = { ...entrySpan({ dice, ids, startNs }, failed, {}), events: thrown };
  const handler: OtlpSpan = {
    traceId: entry.traceId,
    spanId: ids.span(),
    parentSpanId: entry.spanId,
    name: 'handler',
    kind: 1,
    startTimeUnixNano: startNs,
    endTimeUnixNano: entry.endTimeUnixNano,
    events: thrown,
  };
  const repeats = dice.chance(0.3) ? 3 + dice.below(12) : dice.below(3);
  const text = dice.pick(QUERIES);
  const queries = Array.from({ length: repeats }, () => querySpan({ dice, ids, startNs }, handler, text, {}));
  return { entry, children: [handler, ...queries], table: undefined };
}

function entrySpan({ dice, ids, startNs }: Making, failed: boolean, own: Record<string, AttributeValue>): OtlpSpan {
  const method = dice.pick(['GET', 'GET', 'POST']);
  // An ignored request is stored, and counted nowhere.
  const route = dice.chance(0.03) ? '/admin/jobs' : dice.pick(ROUTES);
  return {
    traceId: ids.trace(),
    spanId: ids.span(),
    name: `${method} ${route}`,
    kind: 2,
    startTimeUnixNano: startNs,
    endTimeUnixNano: startNs + BigInt(durationNs(dice, 40)),
    attributes: {
      'http.request.method': method,
      'http.route': route,
      'url.path': route.replace('{id}', String(dice.below(1000))),
      'http.response.status_code': failed ? 500 : 200,
      'user_agent.original': 'chaos/1.0',
      ...(dice.chance(0.02) && { 'request.note': 'x'.repeat(dice.below(20_000)) }),
      ...own,
    },
    status: { code: failed ? 2 : 0 },
  };
}

function querySpan(
  { dice, ids, startNs }: Making,
  parent: OtlpSpan,
  text: string,
  own: Record<string, AttributeValue>,
): OtlpSpan {
  return {
    traceId: parent.traceId,
    spanId: ids.span(),
    parentSpanId: parent.spanId,
    name: 'pg.query',
    kind: 3,
    startTimeUnixNano: startNs,
    endTimeUnixNano: startNs + BigInt(durationNs(dice, 2)),
    attributes: { 'db.system.name': 'postgresql', 'db.query.text': text, ...own },
  };
}

/** Log-normal around so many milliseconds, so that a few are slow. */
function durationNs(dice: Dice, medianMs: number): number {
  const normal = Math.sqrt(-2 * Math.log(1 - dice.fraction())) * Math.cos(2 * Math.PI * dice.fraction());
  return Math.floor(medianMs * MS * Math.exp(1.2 * normal));
}
