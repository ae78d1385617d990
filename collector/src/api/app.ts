/** Everything that the collector serves on its one port: OTLP, API, probes, metrics, dashboard. */
import { Hono } from 'hono';
import { secureHeaders } from 'hono/secure-headers';
import type { Registry } from 'prom-client';
import type { Store } from '../store/store.ts';
import { dashboard } from './dashboard.ts';
import { type GuardOptions, guard } from './guard.ts';
import type { RefusedRequests } from './refused-requests.ts';
import type { ApiError } from './types.ts';

export interface AppOptions extends GuardOptions {
  readonly store: Store;
  readonly registry: Registry;
  readonly otlp: Hono;
  readonly api: Hono;
  readonly refused: RefusedRequests;
  /** @default beside the compiled collector */
  readonly webDir?: string | undefined;
}

export function app(options: AppOptions): Hono {
  const { store, registry, otlp, api, refused } = options;
  return (
    new Hono()
      .use(HEADERS)
      // Before the guard: a wrong token is why nothing arrives, too.
      .use('/v1/*', refused.note)
      .use(guard(options))
      .get('/healthz', (c) => c.text('ok'))
      .get('/readyz', async (c) => {
        const ready = await store.ping().then(
          () => true,
          () => false,
        );
        return ready ? c.text('ready') : c.text('the storage does not answer', 503);
      })
      .get('/metrics', async (c) => c.text(await registry.metrics(), 200, { 'Content-Type': registry.contentType }))
      .route('/', otlp)
      .use('/api/*', async (c, next) => {
        await next();
        c.header('Cache-Control', 'no-store');
      })
      .route('/api/v1', api)
      .all('/api/*', (c) => c.json<ApiError>({ error: `there is no ${c.req.path}` }, 404))
      .all('/v1/*', (c) => c.json<ApiError>({ error: `there is no ${c.req.method} ${c.req.path}` }, 404))
      .route('/', dashboard(options.webDir))
  );
}

/** The dashboard needs nothing but its own files; `https` is for who puts it behind a proxy. */
const HEADERS = secureHeaders({
  contentSecurityPolicy: {
    defaultSrc: ["'self'"],
    baseUri: ["'none'"],
    formAction: ["'self'"],
    frameAncestors: ["'none'"],
    objectSrc: ["'none'"],
  },
  strictTransportSecurity: false,
  xFrameOptions: 'DENY',
  referrerPolicy: 'no-referrer',
});
