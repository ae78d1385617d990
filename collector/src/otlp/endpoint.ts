import { routeTemplate } from '@profiler/analysis';
import { SLOT } from './attribute-keys.ts';
import type { AttributeValue } from './attribute-value.ts';
import { VALUE_KIND } from './attribute-value.ts';
import { ByteInterner } from './byte-interner.ts';
import { TEXT_BYTES_MAX } from './limits.ts';
import type { SpanFields } from './span-fields.ts';
import type { WireReader } from './wire-reader.ts';

/** Route of requests that no route of the app matched. */
const UNMATCHED_ROUTE = 'unmatched';
/** Method of requests whose method is none of HTTP's, as the specification has it. */
const OTHER_METHOD = '_OTHER';
const METHODS = new Set([
  'GET',
  'HEAD',
  'POST',
  'PUT',
  'DELETE',
  'CONNECT',
  'OPTIONS',
  'TRACE',
  'PATCH',
  'QUERY',
  '_OTHER',
]);
const NAME_CHARS_MAX = 256;

/**
 * Method and route of an entry span, by the first that is there:
 *
 *     method   http.request.method, rpc.system
 *     route    http.route; `unmatched` for a 404; the template of url.path; rpc.service/rpc.method; the span's name
 *
 * A raw path is never a route.
 */
export class Endpoint {
  method = '';
  route = '';
  private readonly names = new ByteInterner((text) => text.slice(0, NAME_CHARS_MAX), 2_048, NAME_CHARS_MAX);
  private readonly templates = new ByteInterner((path) => routeTemplate(path), 1_024, 256);

  /** @param pathEnd equal to `pathStart` when the span has no path */
  read(reader: WireReader, fields: SpanFields, statusCode: number, pathStart: number, pathEnd: number): void {
    const { slots } = fields;
    const method = this.text(reader, slots[SLOT.method]!);
    if (method !== '') this.method = METHODS.has(method) ? method : knownMethod(method);
    else this.method = this.text(reader, slots[SLOT.rpcSystem]!);
    this.route =
      this.text(reader, slots[SLOT.route]!) || this.withoutRoute(reader, fields, statusCode, pathStart, pathEnd);
  }

  private withoutRoute(
    reader: WireReader,
    fields: SpanFields,
    statusCode: number,
    pathStart: number,
    pathEnd: number,
  ): string {
    if (statusCode === 404) return UNMATCHED_ROUTE;
    const { bytes } = reader;
    if (pathEnd > pathStart) return this.templates.get(bytes, pathStart, Math.min(pathEnd, pathStart + TEXT_BYTES_MAX));
    const rpcMethod = this.text(reader, fields.slots[SLOT.rpcMethod]!);
    const rpcService = this.text(reader, fields.slots[SLOT.rpcService]!);
    if (rpcMethod !== '') return rpcService === '' ? rpcMethod : `${rpcService}/${rpcMethod}`;
    return this.names.get(bytes, fields.nameStart, Math.min(fields.nameEnd, fields.nameStart + TEXT_BYTES_MAX));
  }

  private text(reader: WireReader, value: AttributeValue): string {
    if (value.kind === VALUE_KIND.none) return '';
    if (value.kind !== VALUE_KIND.string) return value.text(reader).slice(0, NAME_CHARS_MAX);
    return this.names.get(reader.bytes, value.start, Math.min(value.end, value.start + TEXT_BYTES_MAX));
  }
}

function knownMethod(method: string): string {
  const upper = method.toUpperCase();
  return METHODS.has(upper) ? upper : OTHER_METHOD;
}
