import { type Attributes, SpanStatusCode } from '@opentelemetry/api';
import type { Span } from '@opentelemetry/sdk-trace';
import { normalizeMessage } from '@profiler/analysis';
import type { RecordedException } from './exception-list.ts';

const TYPE = 'exception.type';
const MESSAGE = 'exception.message';
const STACKTRACE = 'exception.stacktrace';

/**
 * The exceptions recorded on a span. A database driver's message quotes values (`invalid input syntax for type integer:
 * "secret"`), so on the way those are normalised in place: in the event, in the head of its stack trace and in the
 * span's status. An exception is a driver's when a query span recorded it or when its type is a driver's error code;
 * the app's own messages stay as they are.
 */
export function takeExceptions(span: Span, querySpan: boolean): RecordedException[] {
  const exceptions: RecordedException[] = [];
  let driver = querySpan;
  for (const event of span.events) {
    if (event.name !== 'exception') continue;
    const attributes: Attributes = event.attributes ?? {};
    const fromDriver = querySpan || DRIVER_CODE.test(textOf(attributes, TYPE));
    if (fromDriver) normalizeDriverError(attributes, querySpan ? span.status.message : undefined);
    driver ||= fromDriver;
    exceptions.push({
      type: textOf(attributes, TYPE),
      message: textOf(attributes, MESSAGE),
      stacktrace: textOf(attributes, STACKTRACE),
    });
  }
  const { code, message } = span.status;
  if (driver && code === SpanStatusCode.ERROR && message !== undefined) {
    span.setStatus({ code, message: normalizeMessage(message) });
  }
  return exceptions;
}

/** SQLSTATE (`42P01`), MySQL's `ER_...`, `SQLITE_...`. */
const DRIVER_CODE = /^(?:(?=.*\d)[0-9A-Z]{5}|ER_\w+|SQLITE_\w+)$/;

/**
 * instrumentation-pg records a text of its own without a type, `... (code: 42P01)`, and puts the driver's message into
 * the status: type and message are put back, so that the error is one with its later recordings further up.
 */
function normalizeDriverError(attributes: Attributes, statusMessage: string | undefined): void {
  const recorded = textOf(attributes, MESSAGE);
  const code = /\(code: (\w+)\)$/.exec(recorded)?.[1];
  if (textOf(attributes, TYPE) === '' && code !== undefined && code !== 'UNKNOWN') attributes[TYPE] = code;
  const message = normalizeMessage(code !== undefined && statusMessage !== undefined ? statusMessage : recorded);
  attributes[MESSAGE] = message;
  const stacktrace = textOf(attributes, STACKTRACE);
  if (stacktrace === '') return;
  const framesAt = stacktrace.search(/\n\s+at /);
  const head = stacktrace.slice(0, framesAt === -1 ? undefined : framesAt);
  const name = /^[\w.]+(?=:)/.exec(head)?.[0] ?? 'Error';
  attributes[STACKTRACE] = `${name}: ${message}${framesAt === -1 ? '' : stacktrace.slice(framesAt)}`;
}

function textOf(attributes: Attributes, key: string): string {
  const value = attributes[key];
  return typeof value === 'string' ? value : value === undefined ? '' : String(value);
}
