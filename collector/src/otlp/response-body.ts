import type { OtlpEncoding } from './otlp-decoder.ts';
import { WireWriter } from './wire-writer.ts';

/** What each kind of rejected record is called in the answer. */
export type RejectedField = 'rejectedSpans' | 'rejectedLogRecords' | 'rejectedDataPoints';

export const CONTENT_TYPE: Readonly<Record<OtlpEncoding, string>> = {
  protobuf: 'application/x-protobuf',
  json: 'application/json',
};

/**
 * Body of an `Export...ServiceResponse`. When nothing was rejected `partial_success` is not set, as the specification
 * asks.
 */
export function successBody(encoding: OtlpEncoding, field: RejectedField, rejected: number, message: string): Buffer {
  if (encoding === 'json') {
    const partial = { partialSuccess: { [field]: String(rejected), errorMessage: message } };
    return Buffer.from(rejected === 0 ? '{}' : JSON.stringify(partial));
  }
  const out = new WireWriter();
  if (rejected > 0) {
    const start = out.begin(1);
    out.int64(1, BigInt(rejected));
    out.string(2, message);
    out.end(start);
  }
  return out.finish();
}

/** Body of an error: a `google.rpc.Status`. */
export function statusBody(encoding: OtlpEncoding, code: number, message: string): Buffer {
  if (encoding === 'json') return Buffer.from(JSON.stringify({ code, message }));
  const out = new WireWriter();
  out.uint32(1, code);
  out.string(2, message);
  return out.finish();
}
