import type { RejectionReason } from './decode-counts.ts';
import type { SpanFields } from './span-fields.ts';
import type { TimeWindow } from './time-window.ts';

const TRACE_ID_BYTES = 16;
const SPAN_ID_BYTES = 8;

/**
 * Why a span cannot be stored; undefined when it can. A parent id of zeros is what some SDKs send for none, so it is
 * taken for that.
 */
export function rejectionOf(fields: SpanFields, bytes: Buffer, window: TimeWindow): RejectionReason | undefined {
  if (!isId(bytes, fields.traceIdStart, fields.traceIdEnd, TRACE_ID_BYTES)) return 'invalid_id';
  if (!isId(bytes, fields.spanIdStart, fields.spanIdEnd, SPAN_ID_BYTES)) return 'invalid_id';
  const { parentSpanIdStart, parentSpanIdEnd } = fields;
  if (isZero(bytes, parentSpanIdStart, parentSpanIdEnd)) fields.parentSpanIdEnd = parentSpanIdStart;
  else if (parentSpanIdEnd - parentSpanIdStart !== SPAN_ID_BYTES) return 'invalid_id';
  if (window.tooOld(fields.startHigh, fields.startLow)) return 'too_old';
  if (window.inFuture(fields.startHigh, fields.startLow)) return 'in_future';
  if (window.inFuture(fields.endHigh, fields.endLow)) return 'in_future';
  return undefined;
}

/** Whether the id has the right length and is not all zero. */
export function isId(bytes: Buffer, start: number, end: number, length: number): boolean {
  return end - start === length && !isZero(bytes, start, end);
}

function isZero(bytes: Buffer, start: number, end: number): boolean {
  for (let at = start; at < end; at++) if (bytes[at] !== 0) return false;
  return true;
}
