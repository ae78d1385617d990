import type { Attributes } from '@opentelemetry/api';
import type { OpenRequest } from './open-request.ts';
import { VERSION } from './version.ts';

/**
 * The one mapper from a request to the attributes of its entry span; the README's table describes each. Arrays are
 * parallel, and absent when they would be empty.
 */
export function entryAttributes(request: OpenRequest, sampled: boolean, droppedSpans: number): Attributes {
  const { queries, exceptions } = request;
  return {
    'profiler.version': VERSION,
    'profiler.sampled': sampled,
    'profiler.query_count': queries.queryCount,
    'profiler.query_duration_ns': queries.queryDurationNs,
    ...(queries.queryCount > 0 && queryArrays(request)),
    ...(exceptions.list.length > 0 && {
      'profiler.exception.type': exceptions.list.map(({ type }) => type),
      'profiler.exception.message': exceptions.list.map(({ message }) => message),
      'profiler.exception.stacktrace': exceptions.list.map(({ stacktrace }) => stacktrace),
    }),
    ...(exceptions.droppedCount > 0 && { 'profiler.dropped_exceptions': exceptions.droppedCount }),
    ...(droppedSpans > 0 && { 'profiler.dropped_spans': droppedSpans }),
  };
}

function queryArrays(request: OpenRequest): Attributes {
  const rows = request.queries.rows();
  return {
    'profiler.query.text': rows.map(({ text }) => text),
    'profiler.query.system': rows.map(({ system }) => system),
    'profiler.query.loop_path': rows.map(({ loopPath }) => loopPath),
    'profiler.query.count': rows.map(({ calls }) => calls),
    'profiler.query.duration_ns': rows.map(({ durationNs }) => durationNs),
    'profiler.query.duration_max_ns': rows.map(({ durationMaxNs }) => durationMaxNs),
    'profiler.query.call_site': rows.map(({ callSite }) => callSite),
    'profiler.query.distinct_values': rows.map(({ values }) => values.count),
  };
}
