/** `/api/v1`: read-only but for a finding's state and closing a window. Every parameter is checked before SQL sees it. */
import { Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { HTTPException } from 'hono/http-exception';
import type { Config } from '../config.ts';
import { explainEndpoint } from '../detect/explain-endpoint.ts';
import { findingDetail } from '../detect/finding-detail.ts';
import { setFindingState } from '../detect/finding-states.ts';
import { findings } from '../detect/findings.ts';
import { listRegressions } from '../detect/regressions.ts';
import { summaries } from '../detect/summaries.ts';
import type { Log } from '../log.ts';
import { type Store, StoreError } from '../store/store.ts';
import { CursorError } from './cursor.ts';
import { diagnose } from './diagnosis.ts';
import { endpointBreakdown } from './endpoint-breakdown.ts';
import { endpointHeatmap } from './endpoint-heatmap.ts';
import { endpointQueries } from './endpoint-queries.ts';
import { endpointSamples } from './endpoint-samples.ts';
import { endpointSeries } from './endpoint-series.ts';
import { endpointVerdict } from './endpoint-verdict.ts';
import { endpointVersions } from './endpoint-versions.ts';
import { listEndpoints } from './endpoints.ts';
import { exceptionDetail } from './exception-detail.ts';
import { listExceptions } from './exceptions.ts';
import { offsetPage } from './offset-page.ts';
import * as parameters from './parameters.ts';
import { listQueries } from './queries.ts';
import { queryDetail } from './query-detail.ts';
import type { RefusedRequests } from './refused-requests.ts';
import { listRequests } from './requests.ts';
import { listServices } from './services.ts';
import { readSetup } from './setup.ts';
import { slowAttributes } from './slow-attributes.ts';
import { readStatus, type Stage } from './status.ts';
import { readTrace } from './trace.ts';
import type {
  ApiError,
  ComputeResult,
  EndpointExplanation,
  EndpointVerdict,
  Finding,
  FindingDetail,
  List,
  Regression,
  Setup,
  Summary,
} from './types.ts';

const { checked } = parameters;
const ofEndpoint = checked('query', parameters.endpointDetailParameters);

const BODY_BYTES_MAX = 10_000;

export interface ApiOptions {
  readonly store: Store;
  readonly config: Config;
  readonly version: string;
  readonly ingest: Stage;
  readonly derivation: Stage;
  readonly scheduler: Stage & { compute(): Promise<ComputeResult> };
  readonly notifier: Stage;
  /** Absent when `--clickhouse-port` is closed. */
  readonly clickhousePort?: { status(): { readonly url: string } } | undefined;
  readonly process: Stage;
  readonly log: Log;
  /** What was refused at the door of OTLP. */
  readonly refused?: RefusedRequests | undefined;
  /** @default Date.now */
  readonly now?: () => number;
}

/** The routes below `/api/v1`, typed for the dashboard by `AppType`. */
export function apiRoutes(options: ApiOptions) {
  const { store, config, scheduler, log, now = Date.now } = options;
  const startedAtMs = now();
  const api = new Hono()
    .get('/endpoints', checked('query', parameters.endpointParameters), async (c) =>
      c.json(await listEndpoints(store, c.req.valid('query'), now())),
    )
    .get('/endpoints/series', checked('query', parameters.seriesParameters), async (c) =>
      c.json(await endpointSeries(store, c.req.valid('query'), now())),
    )
    .get('/endpoints/verdict', ofEndpoint, async (c) =>
      c.json((await endpointVerdict(store, c.req.valid('query'), now())) satisfies EndpointVerdict),
    )
    .get('/endpoints/versions', ofEndpoint, async (c) =>
      c.json(await endpointVersions(store, c.req.valid('query'), now())),
    )
    .get('/endpoints/heatmap', ofEndpoint, async (c) =>
      c.json(await endpointHeatmap(store, c.req.valid('query'), now())),
    )
    .get('/endpoints/breakdown', ofEndpoint, async (c) =>
      c.json(await endpointBreakdown(store, c.req.valid('query'), now())),
    )
    .get('/endpoints/queries', ofEndpoint, async (c) =>
      c.json(await endpointQueries(store, c.req.valid('query'), now())),
    )
    .get('/endpoints/slow-attributes', ofEndpoint, async (c) =>
      c.json(await slowAttributes(store, c.req.valid('query'), now())),
    )
    .get('/endpoints/samples', ofEndpoint, async (c) =>
      c.json(await endpointSamples(store, c.req.valid('query'), config, now())),
    )
    .get('/requests', checked('query', parameters.requestParameters), async (c) =>
      c.json(await listRequests(store, c.req.valid('query'), config, now())),
    )
    .get('/queries', checked('query', parameters.queryParameters), async (c) =>
      c.json(await listQueries(store, c.req.valid('query'), now())),
    )
    .get(
      '/queries/:fingerprint',
      checked('param', parameters.queryFingerprint),
      checked('query', parameters.detailParameters),
      async (c) => {
        const { fingerprint } = c.req.valid('param');
        const detail = await queryDetail(store, fingerprint, c.req.valid('query'), now());
        if (detail === undefined)
          return c.json<ApiError, 404>({ error: `no call of query ${fingerprint} in this time` }, 404);
        return c.json(detail);
      },
    )
    .get('/exceptions', checked('query', parameters.exceptionParameters), async (c) =>
      c.json(await listExceptions(store, c.req.valid('query'))),
    )
    .get(
      '/exceptions/:key',
      checked('param', parameters.exceptionKey),
      checked('query', parameters.detailParameters),
      async (c) => {
        const { key } = c.req.valid('param');
        const detail = await exceptionDetail(store, key, c.req.valid('query'), now());
        if (detail === undefined) return c.json<ApiError, 404>({ error: `no exception ${key} in this time` }, 404);
        return c.json(detail);
      },
    )
    .get('/summaries', checked('query', parameters.listParameters), async (c) => {
      const filter = { ...c.req.valid('query'), windowMinutes: config.aggregationWindowMinutes };
      const list = await offsetPage(filter, (page) => summaries(store, { ...filter, ...page }, now()));
      return c.json(list satisfies List<Summary>);
    })
    .get('/findings', checked('query', parameters.findingParameters), async (c) => {
      const { state, type, severity, ...filter } = c.req.valid('query');
      const chosen = { ...filter, states: state, types: type, severities: severity };
      const list = await offsetPage(filter, (page) => findings(store, { ...chosen, ...page }, now()));
      return c.json(list satisfies List<Finding>);
    })
    .get('/findings/:key', checked('param', parameters.findingKey), async (c) => {
      const { key } = c.req.valid('param');
      const detail = await findingDetail(store, key, now());
      if (detail === undefined) return c.json<ApiError, 404>({ error: `there is no finding ${key}` }, 404);
      return c.json(detail satisfies FindingDetail);
    })
    .post(
      '/findings/:key/state',
      bodyLimit({ maxSize: BODY_BYTES_MAX }),
      checked('param', parameters.findingKey),
      checked('json', parameters.findingState),
      async (c) => {
        const { key } = c.req.valid('param');
        const { state } = c.req.valid('json');
        if (await setFindingState(store, key, state, now())) return c.json({ key, state });
        return c.json<ApiError, 404>({ error: `there is no finding ${key}` }, 404);
      },
    )
    .get('/regressions', checked('query', parameters.regressionParameters), async (c) => {
      const filter = c.req.valid('query');
      const list = await offsetPage(filter, (page) => listRegressions(store, { ...filter, ...page }));
      return c.json(list satisfies List<Regression>);
    })
    .get('/regressions/explain', checked('query', parameters.explainParameters), async (c) => {
      const { endpoint, ...filter } = c.req.valid('query');
      const items = await explainEndpoint(store, endpoint, filter, config, now());
      return c.json({ items, nextCursor: null } satisfies List<EndpointExplanation>);
    })
    .get('/services', checked('query', parameters.listParameters), async (c) =>
      c.json(await listServices(store, c.req.valid('query'), now())),
    )
    .get('/diagnosis', checked('query', parameters.listParameters), async (c) =>
      c.json(await diagnose(store, c.req.valid('query'))),
    )
    .get('/setup', checked('query', parameters.detailParameters), async (c) => {
      const { items, services } = await readSetup({ ...options, startedAtMs }, c.req.valid('query'), now());
      return c.json({ items, nextCursor: null, services, lastRefused: options.refused?.last ?? null } satisfies Setup);
    })
    .get('/traces/:id', checked('param', parameters.traceId), async (c) => {
      const id = c.req.valid('param').id.toLowerCase();
      const trace = await readTrace(store, id, config);
      if (trace === undefined) return c.json<ApiError, 404>({ error: `no span of trace ${id} is stored` }, 404);
      return c.json(trace);
    })
    .get('/status', async (c) => c.json(await readStatus({ ...options, startedAtMs }, now())))
    .post('/compute', async (c) => c.json(await scheduler.compute()));

  api.notFound((c) => c.json<ApiError>({ error: `there is no ${c.req.method} ${c.req.path}` }, 404));
  api.onError((error, c) => {
    if (error instanceof CursorError) {
      return c.json<ApiError>(
        { error: 'wrong parameters', parameters: [{ name: 'cursor', message: error.message }] },
        400,
      );
    }
    // A body that is no JSON, or too long.
    if (error instanceof HTTPException) return c.json<ApiError>({ error: error.message }, error.status);
    if (error instanceof StoreError && error.retryable) {
      log.warn(`${c.req.path}: ${error.message}`);
      return c.json<ApiError>({ error: 'the storage does not answer; try again' }, 503, { 'Retry-After': '2' });
    }
    log.error(`${c.req.method} ${c.req.path}`, error);
    return c.json<ApiError>({ error: 'the collector failed to answer; its log says why' }, 500);
  });
  return api;
}
