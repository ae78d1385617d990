import type { Hono } from 'hono';
import { hc } from 'hono/client';
import { expect, expectTypeOf, it } from 'vitest';
import type { apiRoutes } from './routes.ts';
import type { ApiError, ApiSchema, AppType } from './types.ts';

// The dashboard is compiled against types that are written by hand, so that it need not see the collector. They are
// held to the routes here: by the compiler, which reads this file, and by asking every path.

type Served = ReturnType<typeof apiRoutes> extends Hono<infer _E, infer Schema, infer _B> ? Schema : never;
type Answer<Route> = Route extends { $get: infer A } ? Good<A> : Route extends { $post: infer A } ? Good<A> : never;
type Good<A> = A extends { output: infer Output } ? (Output extends Pick<ApiError, 'error'> ? never : Output) : never;
type Methods<Route> = keyof Route & `$${string}`;

it('declares the paths, methods and answers that the routes have', () => {
  type ServedPaths = keyof { [Path in keyof Served as Path extends `/${string}` ? `/api/v1${Path}` : never]: true };
  expectTypeOf<ServedPaths>().toEqualTypeOf<keyof ApiSchema>();

  type Wrong = {
    [Path in keyof Served]: Path extends `/${string}`
      ? `/api/v1${Path}` extends keyof ApiSchema
        ? Methods<Served[Path]> extends Methods<ApiSchema[`/api/v1${Path}`]>
          ? Answer<Served[Path]> extends Answer<ApiSchema[`/api/v1${Path}`]>
            ? never
            : // Hono writes types that nest in themselves in another way; these two functions are typed by hand.
              Path extends '/status' | '/traces/:id'
              ? never
              : Path
          : Path
        : Path
      : Path;
  }[keyof Served];
  expectTypeOf<Wrong>().toEqualTypeOf<never>();
});

it('asks the paths that the routes have', async () => {
  const asked: string[] = [];
  const client = hc<AppType>('http://collector', {
    fetch: async (input: string | URL | Request, init?: RequestInit) => {
      asked.push(`${init?.method} ${new URL(String(input)).pathname}`);
      return Response.json({});
    },
  });
  const { api } = client;
  await api.v1.endpoints.series.$get({ query: { by: 'version', since: '24h' } });
  await api.v1.findings[':key'].state.$post({ param: { key: 'a' }, json: { state: 'ignored' } });
  await api.v1.traces[':id'].$get({ param: { id: 'b' } });
  await api.v1.compute.$post();
  expect(asked).toEqual([
    'GET /api/v1/endpoints/series',
    'POST /api/v1/findings/a/state',
    'GET /api/v1/traces/b',
    'POST /api/v1/compute',
  ]);
});
