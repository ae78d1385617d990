import { isUtf8 } from 'node:buffer';
import { DecodeError } from './decode-error.ts';
import { writeAttributes, writeValue } from './json-any-value.ts';
import { asArray, asHexId, asInt64, asObject, asString, asUint32, type JsonObject } from './json-value.ts';
import { WireWriter } from './wire-writer.ts';

/**
 * OTLP/JSON becomes the same request as protobuf, so that one decoder gives both the same meaning. Field names are
 * lowerCamelCase, unknown ones are ignored, ids are hexadecimal, enums numbers, 64-bit numbers strings or numbers.
 *
 * @throws DecodeError
 */
export function tracesFromJson(body: Buffer): Buffer {
  return transcode(body, 'resourceSpans', 'scopeSpans', 'spans', writeSpan);
}

/** As {@link tracesFromJson}, for log records. */
export function logsFromJson(body: Buffer): Buffer {
  return transcode(body, 'resourceLogs', 'scopeLogs', 'logRecords', writeLogRecord);
}

type WriteRecord = (out: WireWriter, record: JsonObject) => void;

function transcode(body: Buffer, groups: string, scopes: string, records: string, write: WriteRecord): Buffer {
  const request = asObject(parse(body), 'body');
  if (request === undefined) throw new DecodeError('body is not an object');
  const out = new WireWriter(body.length);
  eachObject(request, groups, out, 1, (group) => {
    const resource = asObject(group.resource, 'resource');
    if (resource !== undefined) {
      const start = out.begin(1);
      writeAttributes(out, 1, resource.attributes);
      out.end(start);
    }
    eachObject(group, scopes, out, 2, (inScope) => {
      const scopeName = asString(asObject(inScope.scope, 'scope')?.name, 'scope.name');
      if (scopeName) {
        const start = out.begin(1);
        out.string(1, scopeName);
        out.end(start);
      }
      eachObject(inScope, records, out, 2, (record) => write(out, record));
    });
  });
  return out.finish();
}

function eachObject(
  owner: JsonObject,
  field: string,
  out: WireWriter,
  number: number,
  write: (value: JsonObject) => void,
): void {
  for (const element of asArray(owner[field], field)) {
    const value = asObject(element, `element of ${field}`);
    if (value === undefined) throw new DecodeError(`element of ${field} is null`);
    const start = out.begin(number);
    write(value);
    out.end(start);
  }
}

function writeSpan(out: WireWriter, span: JsonObject): void {
  writeId(out, 1, span.traceId, 'traceId');
  writeId(out, 2, span.spanId, 'spanId');
  writeId(out, 4, span.parentSpanId, 'parentSpanId');
  writeString(out, 5, span.name, 'name');
  writeUint32(out, 6, span.kind, 'kind');
  writeFixed64(out, 7, span.startTimeUnixNano, 'startTimeUnixNano');
  writeFixed64(out, 8, span.endTimeUnixNano, 'endTimeUnixNano');
  writeAttributes(out, 9, span.attributes);
  eachObject(span, 'events', out, 11, (event) => {
    writeFixed64(out, 1, event.timeUnixNano, 'timeUnixNano');
    writeString(out, 2, event.name, 'event name');
    writeAttributes(out, 3, event.attributes);
  });
  eachObject(span, 'links', out, 13, (link) => {
    writeId(out, 1, link.traceId, 'link traceId');
    writeId(out, 2, link.spanId, 'link spanId');
    writeAttributes(out, 4, link.attributes);
  });
  const status = asObject(span.status, 'status');
  if (status !== undefined) {
    const start = out.begin(15);
    writeString(out, 2, status.message, 'status message');
    writeUint32(out, 3, status.code, 'status code');
    out.end(start);
  }
  const flags = asUint32(span.flags, 'flags');
  if (flags !== undefined) out.fixed32(16, flags);
}

function writeLogRecord(out: WireWriter, record: JsonObject): void {
  writeFixed64(out, 1, record.timeUnixNano, 'timeUnixNano');
  writeValue(out, 5, record.body);
  writeAttributes(out, 6, record.attributes);
  writeId(out, 9, record.traceId, 'traceId');
  writeId(out, 10, record.spanId, 'spanId');
  writeFixed64(out, 11, record.observedTimeUnixNano, 'observedTimeUnixNano');
  writeString(out, 12, record.eventName, 'eventName');
}

function writeId(out: WireWriter, field: number, value: unknown, name: string): void {
  const id = asHexId(value, name);
  if (id) out.encoded(field, id, 'hex');
}

function writeString(out: WireWriter, field: number, value: unknown, name: string): void {
  const text = asString(value, name);
  if (text) out.string(field, text);
}

function writeUint32(out: WireWriter, field: number, value: unknown, name: string): void {
  const int = asUint32(value, name);
  if (int !== undefined) out.uint32(field, int);
}

function writeFixed64(out: WireWriter, field: number, value: unknown, name: string): void {
  const int = asInt64(value, name);
  if (int !== undefined) out.fixed64(field, int);
}

/** A 64-bit number that is not in quotes, which `JSON.parse` would round. In a string the quotes would be escaped. */
const LONG_NUMBER = /"(\w*[tT]imeUnixNano|intValue)"(\s*:\s*)(-?\d{16,20})(?=\s*[,}])/g;

function parse(body: Buffer): unknown {
  const text = body.toString('utf8', hasByteOrderMark(body) ? 3 : 0);
  try {
    return JSON.parse(text.replace(LONG_NUMBER, '"$1"$2"$3"'));
  } catch (cause) {
    throw new DecodeError('body is not JSON', { cause });
  }
}

function hasByteOrderMark(body: Buffer): boolean {
  return body[0] === 0xef && body[1] === 0xbb && body[2] === 0xbf;
}

/** Whether `parse` had to replace bytes of the body. */
export function hasInvalidText(body: Buffer): boolean {
  return !isUtf8(body);
}
