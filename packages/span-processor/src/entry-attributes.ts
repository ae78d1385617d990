import type { Attributes } from '@opentelemetry/api';
import { callKind } from '@profiler/analysis';
import type { OpenRequest } from './open-request.ts';
import type { QueryRow } from './query-table.ts';
import { VERSION } from './version.ts';

/**
 * The one mapper from a request to the attributes of its entry span; the README's table describes each. Arrays are
 * parallel, and absent when they would be empty.
 */
export function entryAttributes(request: OpenRequest, sampled: boolean, droppedSpans: number): Attributes {
  const { exceptions } = request;
  const rows = request.queries.rows();
  const queries = rows.filter(({ system }) => callKind(system) !== 'http');
  return {
    'profiler.version': VERSION,
    'profiler.sampled': sampled,
    'profiler.query_count': queries.reduce((sum, { calls }) => sum + calls, 0),
    'profiler.query_duration_ns': queries.reduce((sum, { durationNs }) => sum + durationNs, 0),
    ...(rows.length > 0 && queryArrays(rows)),
    ...(exceptions.list.length > 0 && {
      'profiler.exception.type': exceptions.list.map(({ type }) => type),
      'profiler.exception.message': exceptions.list.map(({ message }) => message),
      'profiler.exception.stacktrace': exceptions.list.map(({ stacktrace }) => stacktrace),
    }),
    ...(exceptions.droppedCount > 0 && { 'profiler.dropped_exceptions': exceptions.droppedCount }),
    ...(droppedSpans > 0 && { 'profiler.dropped_spans': droppedSpans }),
  };
}

function queryArrays(rows: readonly QueryRow[]): Attributes {
  return {
    'profiler.query.text': rows.map(({ text }) => text),
    'profiler.query.system': rows.map(({ system }) => system),
    'profiler.query.loop_path': rows.map(({ loopPath }) => loopPath),
    'profiler.query.count': rows.map(({ calls }) => calls),
    'profiler.query.repeats': rows.map(({ repeats }) => repeats),
    'profiler.query.duration_ns': rows.map(({ durationNs }) => durationNs),
    'profiler.query.duration_max_ns': rows.map(({ durationMaxNs }) => durationMaxNs),
    'profiler.query.call_site': rows.map(({ callSite }) => callSite),
    'profiler.query.distinct_values': rows.map(({ distinctValues }) => distinctValues),
  };
}
