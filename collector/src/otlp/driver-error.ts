import { SLOT } from './attribute-keys.ts';
import { VALUE_KIND } from './attribute-value.ts';
import type { SpanFields } from './span-fields.ts';
import type { WireReader } from './wire-reader.ts';

const CODE = /\(code: (\w+)\)$/;
const NO_CODE = 'UNKNOWN';
/** Longer texts are no such text. */
const TEXT_BYTES = 512;

/**
 * instrumentation-pg records, in place of the driver's error, a text without a type that ends in `(code: 42P01)`, and puts
 * the driver's message into the span's status. Type and message are put back, so that the error is one with its later
 * recordings further up, as it is in an app with our span processor.
 */
export function restoreDriverError(
  { slots, events, statusMessageStart, statusMessageEnd }: SpanFields,
  reader: WireReader,
): void {
  const { exceptionType, exceptionMessage } = events;
  if (exceptionType.kind !== VALUE_KIND.none || exceptionMessage.kind !== VALUE_KIND.string) return;
  if (slots[SLOT.dbSystem]!.kind === VALUE_KIND.none || exceptionMessage.end - exceptionMessage.start > TEXT_BYTES)
    return;
  const code = CODE.exec(exceptionMessage.text(reader))?.[1];
  if (code === undefined || code === NO_CODE) return;
  exceptionType.kind = VALUE_KIND.string;
  exceptionType.end = exceptionMessage.end - ')'.length;
  exceptionType.start = exceptionType.end - code.length;
  if (statusMessageEnd > statusMessageStart) {
    exceptionMessage.start = statusMessageStart;
    exceptionMessage.end = statusMessageEnd;
  }
}
