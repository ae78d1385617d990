// What a shop's collector holds after a deploy that went wrong, sent as its app's processor sends it: one entry span a
// request, its queries in a table on it. For pages that show endpoints; the times are of the last two whole hours.

import { randomBytes } from 'node:crypto';
import { CONTENT_TYPES, encodeTraces, type OtlpSpan, type ResourceSpans } from './otlp.ts';

const HOUR_MS = 3_600_000;

export const OLD_VERSION = '1.4.2';
export const NEW_VERSION = '1.5.0';
export const LOOP_TIMES = 41;
/** What the deploy brought, and the line that runs it. */
export const GUILTY = {
  endpoint: 'GET /products',
  query: 'SELECT * FROM stock WHERE product_id = ?',
  callSite: 'src/products.js:14',
};
/** Texts that a page must show as they are: HTML, quotes, right to left, ten thousand characters. */
export const HOSTILE = {
  html: `<img src=x onerror="alert(1)"><script>alert('2')</script>`,
  rtl: '/\u05d4\u05d6\u05de\u05e0\u05d5\u05ea/\u202e\u0645\u0631\u062d\u0628\u0627',
  /** A collector keeps 256 bytes of a route. */
  long: `/long/${'x'.repeat(9_994)}`,
  longText: `SELECT '${'y'.repeat(10)}' FROM "<b>" WHERE ${'z'.repeat(10_000)} = ?`,
};

interface TableRow {
  readonly text: string;
  readonly calls: number;
  readonly ms: number;
  readonly callSite?: string;
  readonly system?: string;
}

interface Sent {
  readonly route: string;
  readonly startMs: number;
  readonly durationMs: number;
  readonly status?: number;
  readonly region?: string;
  readonly queries?: readonly TableRow[];
  readonly exception?: readonly [type: string, message: string];
}

/** Resolves when the collector has acknowledged all of it. */
export async function sendShopWeek(origin: string): Promise<void> {
  const endMs = Math.floor(Date.now() / HOUR_MS) * HOUR_MS;
  const times = <Item>(count: number, make: (index: number) => Item) =>
    Array.from({ length: count }, (_, at) => make(at));
  const list = (ms: number): TableRow => ({ text: 'SELECT * FROM products LIMIT 20', calls: 1, ms });
  const products = (fromMs: number, make: (index: number) => Partial<Sent> & { durationMs: number }) =>
    times(60, (at): Sent => ({ route: '/products', startMs: fromMs + at * 50_000, ...make(at) }));
  const before = [
    ...products(endMs - 2 * HOUR_MS, (at) => ({ durationMs: 90 + (at % 20), region: 'us', queries: [list(60)] })),
    ...times(30, (at): Sent => ({ route: '/health', startMs: endMs - 2 * HOUR_MS + at * 60_000, durationMs: 3 })),
  ];
  const after = [
    ...products(endMs - HOUR_MS, (at) => {
      const slow = at % 10 === 0;
      return {
        durationMs: slow ? 900 : 310 + (at % 20),
        region: slow ? 'eu' : 'us',
        queries: [
          list(60),
          {
            text: 'SELECT * FROM stock WHERE product_id = 7',
            calls: LOOP_TIMES,
            ms: 200,
            callSite: `${GUILTY.callSite}:stockOf`,
          },
          { text: 'GET https://rates.test/today', calls: 1, ms: 20, system: 'http' },
        ],
      };
    }),
    ...times(30, (at): Sent => ({ route: '/health', startMs: endMs - HOUR_MS + at * 60_000, durationMs: 3 })),
    ...times(
      8,
      (at): Sent => ({
        route: '/checkout',
        startMs: endMs - HOUR_MS + at * 60_000,
        durationMs: 30,
        status: at < 4 ? 500 : 200,
        ...(at < 4 && { exception: ['PaymentError', `card declined ${HOSTILE.html} ${'m'.repeat(10_000)}`] as const }),
      }),
    ),
    ...times(
      4,
      (at): Sent => ({
        route: '/reports',
        startMs: endMs - HOUR_MS + at * 60_000,
        durationMs: 1800,
        queries: [{ text: 'SELECT sum(total) FROM orders', calls: 1, ms: 1500, callSite: 'src/reports.js:9:' }],
      }),
    ),
  ];
  const odd = [HOSTILE.html, HOSTILE.rtl, HOSTILE.long].map(
    (route, at): Sent => ({
      route,
      startMs: endMs - HOUR_MS + at * 1000,
      durationMs: 40,
      region: HOSTILE.html,
      queries: [{ text: HOSTILE.longText, calls: 5, ms: 30, callSite: `${HOSTILE.html}:3:${HOSTILE.html}` }],
    }),
  );
  await send(origin, [
    group('shop', OLD_VERSION, before),
    group('shop', NEW_VERSION, after),
    group(HOSTILE.html, HOSTILE.html, odd),
    group('plain', '7', [{ route: '/plain', startMs: endMs - HOUR_MS, durationMs: 5 }], false),
  ]);
}

function group(service: string, version: string, requests: readonly Sent[], instrumented = true): ResourceSpans {
  return {
    resource: { 'service.name': service, 'service.version': version, 'deployment.environment.name': 'test' },
    scope: { name: 'shop-week' },
    spans: requests.map((request) => entrySpan(request, instrumented)),
  };
}

function entrySpan(sent: Sent, instrumented: boolean): OtlpSpan {
  const { route, startMs, durationMs, status = 200, region, queries = [], exception } = sent;
  const nano = (ms: number) => BigInt(Math.round(ms * 1000)) * 1000n;
  const column = <Value>(of: (row: TableRow) => Value) => queries.map(of);
  return {
    traceId: randomBytes(16).toString('hex'),
    spanId: randomBytes(8).toString('hex'),
    name: `GET ${route}`,
    kind: 2,
    startTimeUnixNano: nano(startMs),
    endTimeUnixNano: nano(startMs + durationMs),
    attributes: {
      'http.request.method': 'GET',
      'http.route': route,
      'url.path': route,
      'http.response.status_code': status,
      ...(region && { 'cloud.region': region }),
      ...(instrumented && { 'profiler.version': '0.1.0' }),
      ...(queries.length > 0 && {
        'profiler.query.text': column(({ text }) => text),
        'profiler.query.system': column(({ system = 'postgresql' }) => system),
        'profiler.query.loop_path': column(() => 'handler'),
        'profiler.query.count': column(({ calls }) => calls),
        'profiler.query.repeats': column(({ calls }) => calls),
        'profiler.query.duration_ns': column(({ ms }) => ms * 1_000_000),
        'profiler.query.duration_max_ns': column(({ ms, calls }) => Math.round((ms * 1_000_000) / calls)),
        'profiler.query.call_site': column(({ callSite = '' }) => callSite),
        'profiler.query.distinct_values': column(({ calls }) => calls),
      }),
      ...(exception && {
        'profiler.exception.type': [exception[0]],
        'profiler.exception.message': [exception[1]],
        'profiler.exception.stacktrace': [''],
      }),
    },
    ...(exception && { status: { code: 2 } }),
  };
}

async function send(origin: string, groups: readonly ResourceSpans[]): Promise<void> {
  const answer = await fetch(`${origin}/v1/traces`, {
    method: 'POST',
    headers: { 'content-type': CONTENT_TYPES.protobuf },
    body: encodeTraces(groups, 'protobuf') as Uint8Array<ArrayBuffer>,
  });
  if (answer.status !== 200) throw new Error(`the collector answered ${answer.status}: ${await answer.text()}`);
}
