import { Counter, Gauge, type Registry } from 'prom-client';

/** What the derivation shows of itself in `/metrics`. */
export function createDerivationMetrics(registry: Registry) {
  const registers = [registry];
  return {
    traces: new Counter({
      name: 'profiler_derive_traces_total',
      help: 'Traces derived; again counts again.',
      registers,
    }),
    requestQueries: new Counter({
      name: 'profiler_derive_request_queries_total',
      help: 'Rows written to request_queries.',
      registers,
    }),
    exceptions: new Counter({
      name: 'profiler_derive_exceptions_total',
      help: 'Rows written to exceptions.',
      registers,
    }),
    oversized: new Counter({
      name: 'profiler_derive_oversized_traces_total',
      help: 'Traces not derived because they have too many spans.',
      registers,
    }),
    minutes: new Counter({ name: 'profiler_summarise_minutes_total', help: 'Minutes recomputed.', registers }),
    hours: new Counter({ name: 'profiler_summarise_hours_total', help: 'Hours recomputed.', registers }),
    failures: new Counter({
      name: 'profiler_derive_failures_total',
      help: 'Runs that failed; the next tries again.',
      registers,
    }),
    givenUp: new Gauge({
      name: 'profiler_derive_given_up',
      help: 'Queries and exceptions whose request had not come after 15 minutes, since the start.',
      registers,
    }),
    unattributed: new Gauge({
      name: 'profiler_derive_unattributed',
      help: 'Queries and exceptions whose request has not come yet.',
      registers,
    }),
    backlog: new Gauge({ name: 'profiler_derive_backlog_spans', help: 'Spans that wait for the next run.', registers }),
    runSeconds: new Gauge({ name: 'profiler_derive_run_seconds', help: 'Duration of the last run.', registers }),
  };
}
