import { DecodeError } from './decode-error.ts';
import { asArray, asBoolean, asDouble, asInt64, asObject, asString } from './json-value.ts';
import { VALUE_DEPTH_MAX } from './limits.ts';
import type { WireWriter } from './wire-writer.ts';

/** Writes a list of KeyValue objects as fields of a message. */
export function writeAttributes(out: WireWriter, field: number, attributes: unknown, depth = 0): void {
  for (const element of asArray(attributes, 'attributes')) {
    const attribute = asObject(element, 'attribute');
    if (attribute === undefined) throw new DecodeError('attribute is not an object');
    const start = out.begin(field);
    const key = asString(attribute.key, 'attribute key');
    if (key) out.string(1, key);
    writeValue(out, 2, attribute.value, depth);
    out.end(start);
  }
}

/** Below the deepest level that is kept, a value is written without its content. */
export function writeValue(out: WireWriter, field: number, value: unknown, depth = 0): void {
  const any = asObject(value, 'attribute value');
  if (any === undefined) return;
  const start = out.begin(field);
  const text = asString(any.stringValue, 'stringValue');
  if (text !== undefined) out.string(1, text);
  const bool = asBoolean(any.boolValue, 'boolValue');
  if (bool !== undefined) out.uint32(2, bool ? 1 : 0);
  const int = asInt64(any.intValue, 'intValue');
  if (int !== undefined) out.int64(3, int);
  const double = asDouble(any.doubleValue, 'doubleValue');
  if (double !== undefined) out.double(4, double);
  const array = asObject(any.arrayValue, 'arrayValue');
  if (array !== undefined) writeArray(out, array.values, depth);
  const list = asObject(any.kvlistValue, 'kvlistValue');
  if (list !== undefined) {
    const listStart = out.begin(6);
    if (depth < VALUE_DEPTH_MAX) writeAttributes(out, 1, list.values, depth + 1);
    out.end(listStart);
  }
  const bytes = asString(any.bytesValue, 'bytesValue');
  if (bytes !== undefined) out.encoded(7, bytes, 'base64');
  out.end(start);
}

function writeArray(out: WireWriter, values: unknown, depth: number): void {
  const start = out.begin(5);
  if (depth < VALUE_DEPTH_MAX) {
    for (const element of asArray(values, 'arrayValue.values')) {
      if (element === null) out.end(out.begin(1));
      else writeValue(out, 1, element, depth + 1);
    }
  }
  out.end(start);
}
