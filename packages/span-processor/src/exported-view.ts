import { TraceFlags } from '@opentelemetry/api';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';

/**
 * An unsampled span as an exporter takes it: the same span under a context with the sampled flag. The span itself keeps
 * its flags, which is what the app propagates to the services it calls.
 */
export function exportedView(span: ReadableSpan): ReadableSpan {
  const context = { ...span.spanContext(), traceFlags: TraceFlags.SAMPLED };
  return Object.create(span, { spanContext: { value: () => context } }) as ReadableSpan;
}
