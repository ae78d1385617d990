// A shop with something on every page: a loop, a slow endpoint, an exception with a log record, three databases; and a service
// whose every text is hostile.

import type { OtlpSpan } from './otlp.ts';
import { entry, group, KIND, query, request, send, spanId, traceId } from './trace-builder.ts';

export const LOOP_TIMES = 41;
/** Quick requests, so many that the list has a second page. */
export const QUICK_TIMES = 60;
export const ITEMS_QUERY = 'SELECT * FROM order_items WHERE order_id = ?';
export const MARKUP = '<img src=x onerror="alert(1)">';
/** Without a blank at which it could break; markup, quotes, and what turns the direction of text, first. */
export const LONG = `${MARKUP}'";--\u202e\u05e9\u05dc\u05d5\u05dd\u2066${'x'.repeat(10_000)}`;

/** `count` times what `make` makes of a number, one after the other. */
export const times = <Item>(count: number, make: (number: number) => readonly Item[]): Item[] =>
  Array.from({ length: count }, (_, number) => make(number)).flat();

/** The shop's requests of the last five minutes. */
export function shopRequests(nowMs: number): OtlpSpan[] {
  const before = (seconds: number) => nowMs - seconds * 1000;
  const loop = times(LOOP_TIMES, (at) => [
    { name: 'loadItems', parent: 0, kind: KIND.internal, startMs: 60 + at * 14, durationMs: 13 },
    query(2 + at * 2, `SELECT * FROM order_items WHERE order_id = ${at}`, 61 + at * 14, 11),
  ]);
  const orders = entry('GET', '/orders', '/orders', 200, 680);
  const address = { 'server.address': 'shop.test', 'server.port': 8080, 'url.query': 'page=2' };
  const declined = [
    'PaymentError',
    'card declined',
    'PaymentError: card declined\n    at pay (src/checkout.ts:12:5)',
  ] as const;
  const report =
    'SELECT date_trunc(?, o.placed_at) AS day, sum(i.quantity * i.price_cents) AS cents FROM orders AS o JOIN order_lines AS i ON i.order_id = o.id WHERE o.placed_at > ? AND o.state IN (SELECT id FROM states WHERE final) GROUP BY day ORDER BY day DESC LIMIT ?';
  return [
    ...times(4, (number) =>
      request('orders', number, before(20 + number), [
        { ...orders, attributes: { ...orders.attributes, ...address } },
        query(0, 'SELECT * FROM orders LIMIT 41', 5, 40),
        ...loop,
      ]),
    ),
    ...times(QUICK_TIMES, (number) =>
      request('order', number, before(40 + number), [
        entry('GET', '/orders/{id}', `/orders/${number}`, 200, 12),
        query(0, `SELECT * FROM orders WHERE id = ${number}`, 2, 3),
        query(0, `GET order:${number}`, 6, 1, 'redis'),
      ]),
    ),
    ...times(3, (number) =>
      request('reports', number, before(200 + number), [
        entry('GET', '/reports', '/reports', 200, 1830),
        query(0, report, 20, 1500),
      ]),
    ),
    ...times(4, (number) =>
      request('checkout', number, before(300 + number), [
        {
          ...entry('POST', '/checkout', '/checkout', number < 2 ? 500 : 201, 330),
          ...(number < 2 && { exception: declined }),
        },
      ]),
    ),
  ];
}

export async function seedShop(origin: string): Promise<void> {
  const nowMs = Date.now();
  // Unlike LONG it is a statement, so that all of it is stored as the query's text: 10,000 characters of columns.
  const columns = Array.from({ length: 700 }, (_, at) => `some_column_${at}`).join(', ');
  const hostileText = `SELECT ${columns}, '${MARKUP}', "<img src=x onerror=alert>" FROM "\u202e\u05e9\u05dc" WHERE id =`;
  const hostileLoop = Array.from({ length: 5 }, (_, at) => query(0, `${hostileText} ${at}`, at * 30, 29));
  const hostileEntry = entry('GET', LONG, `/${LONG}`, 500, 200);
  const hostile = request('hostile', 0, nowMs - 10_000, [
    {
      ...hostileEntry,
      name: LONG,
      exception: [LONG, LONG, LONG],
      attributes: { ...hostileEntry.attributes, [MARKUP]: LONG },
    },
    ...hostileLoop,
  ]);
  await send(origin, [group('shop', '1.4.2', shopRequests(nowMs)), group('hostile', MARKUP, hostile)]);
  await sendLog(origin, nowMs - 300_000 + 10);
}

/** A log record with an exception, inside the first checkout. */
async function sendLog(origin: string, atMs: number): Promise<void> {
  const text = (key: string, value: string) => ({ key, value: { stringValue: value } });
  const record = {
    timeUnixNano: `${atMs}000000`,
    severityNumber: 13,
    body: { stringValue: 'the card expires soon' },
    traceId: traceId('checkout', 0),
    spanId: spanId('checkout', 0, 0),
    attributes: [text('exception.type', 'CardWarning'), text('exception.message', 'the card expires soon')],
  };
  const answer = await fetch(`${origin}/v1/logs`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      resourceLogs: [
        { resource: { attributes: [text('service.name', 'shop')] }, scopeLogs: [{ logRecords: [record] }] },
      ],
    }),
  });
  if (answer.status !== 200) throw new Error(`the collector answered ${answer.status}: ${await answer.text()}`);
}
