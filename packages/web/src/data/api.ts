// The collector's routes, by its own types: a page cannot ask for a parameter that the API does not have.

import type { ApiError, ApiSchema, FindingState, Trace } from '@profiler/collector/api-types';
import { address, type Query } from './address.ts';
import { REFRESH_INTERVAL_MS } from './live.ts';
import { request } from './request.ts';
import { type Resource, useResource } from './resource.ts';

type Path = keyof ApiSchema;
type ParametersOf<P extends Path> = ApiSchema[P] extends { $get: { input: { query?: infer Parameters } } }
  ? { [Name in keyof Parameters]?: string | undefined }
  : never;
type AnswerOf<P extends Path> = ApiSchema[P] extends { $get: infer Answers }
  ? Answers extends { output: infer Output }
    ? Exclude<Output, ApiError>
    : never
  : never;

/**
 * What the API answers, kept fresh. Empty and undefined parameters are left out.
 * @param everyMs how soon to ask again after an answer; longer for what costs more to ask. @default every 5 s
 */
export function useApi<P extends Path>(
  path: P,
  parameters: ParametersOf<P>,
  everyMs?: number | ((data: AnswerOf<P>) => number),
): Resource<AnswerOf<P>> {
  const present = Object.entries(parameters).filter((pair): pair is [string, string] => typeof pair[1] === 'string');
  return useResource(address(path, Object.fromEntries(present) satisfies Query), everyMs);
}

/** One thing by its id, `:key` in the path. */
export function useOne<P extends Path>(path: P, id: string, parameters: ParametersOf<P>): Resource<AnswerOf<P>> {
  const present = Object.entries(parameters).filter((pair): pair is [string, string] => typeof pair[1] === 'string');
  return useResource(
    address(path.replace(/:\w+$/, encodeURIComponent(id)), Object.fromEntries(present) satisfies Query),
  );
}

/** Spans come late for a minute at most; after that a trace, which may be large, is asked for once a minute. */
const TRACE_GROWS_MS = 60_000;

export function useTrace(traceId: string): Resource<Trace> {
  return useResource<Trace>(`/api/v1/traces/${encodeURIComponent(traceId)}`, ({ startedAt, durationMs }) =>
    Date.now() - Date.parse(startedAt) - durationMs < TRACE_GROWS_MS ? REFRESH_INTERVAL_MS : TRACE_GROWS_MS,
  );
}

/** @throws RequestFailure */
export async function setFindingState(key: string, state: FindingState): Promise<void> {
  await request(`/api/v1/findings/${encodeURIComponent(key)}/state`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ state }),
  });
}
