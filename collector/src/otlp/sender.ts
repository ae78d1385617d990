import type { OtlpEncoding } from './otlp-decoder.ts';

/** Where to look: SDKs put the resource first. */
const HEAD_BYTES = 4_096;
const KEY = Buffer.from('service.name');
const STRING_VALUE = /^"\s*,\s*"value"\s*:\s*\{\s*"stringValue"\s*:\s*"([^"\\]{1,128})"/;

/**
 * The service that a body comes from, found without decoding it; of several the first, and '' when the head of the body
 * does not say. Good enough to share room by, and for nothing else.
 */
export function senderOf(encoding: OtlpEncoding, body: Buffer): string {
  const head = body.subarray(0, HEAD_BYTES);
  const key = head.indexOf(KEY);
  if (key < 0) return '';
  const after = key + KEY.length;
  if (encoding === 'json') return STRING_VALUE.exec(head.toString('utf8', after, after + 256))?.[1] ?? '';
  // KeyValue.value (2), length; AnyValue.string_value (1), length, text. A service's name is shorter than 126 bytes.
  const length = head[after + 3] ?? 0;
  const isString = head[after] === 0x12 && head[after + 2] === 0x0a && length < 126;
  return isString ? head.toString('utf8', after + 4, after + 4 + length) : '';
}
