import { routeTemplate } from '@profiler/analysis';
import { SLOT } from './attribute-keys.ts';
import type { AttributeValue } from './attribute-value.ts';
import { VALUE_KIND } from './attribute-value.ts';
import { ByteInterner } from './byte-interner.ts';
import { EMPTY_TEXT, EncodedText } from './encoded-text.ts';
import { TEXT_BYTES_MAX } from './limits.ts';
import type { SpanFields } from './span-fields.ts';
import type { WireReader } from './wire-reader.ts';

/** Route of requests that no route of the app matched. */
const UNMATCHED_ROUTE = new EncodedText('unmatched');
/** Method of requests whose method is none of HTTP's, as the specification has it. */
const OTHER_METHOD = new EncodedText('_OTHER');
const METHODS = new Map(
  ['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'CONNECT', 'OPTIONS', 'TRACE', 'PATCH', 'QUERY', '_OTHER'].map((method) => [
    method,
    new EncodedText(method),
  ]),
);
const NAME_CHARS_MAX = 256;

/**
 * Method and route of an entry span, by the first that is there:
 *
 *     method   http.request.method, rpc.system, messaging.system
 *     route    http.route; `unmatched` for a 404; the template of url.path; rpc.service/rpc.method; where a message came
 *              from; the span's name
 *
 * A raw path is never a route.
 */
export class Endpoint {
  method = EMPTY_TEXT;
  route = EMPTY_TEXT;
  private readonly names = new ByteInterner((text) => new EncodedText(text.slice(0, NAME_CHARS_MAX)), 2_048, 1_024);
  private readonly templates = new ByteInterner((path) => new EncodedText(routeTemplate(path)), 1_024, 256);

  /** @param pathEnd equal to `pathStart` when the span has no path */
  read(reader: WireReader, fields: SpanFields, statusCode: number, pathStart: number, pathEnd: number): void {
    const { slots } = fields;
    const method = this.name(reader, slots[SLOT.method]!);
    if (method.text === '') {
      const rpc = this.name(reader, slots[SLOT.rpcSystem]!);
      this.method = rpc.text === '' ? this.name(reader, slots[SLOT.messagingSystem]!) : rpc;
    } else this.method = METHODS.get(method.text) ?? METHODS.get(method.text.toUpperCase()) ?? OTHER_METHOD;
    const route = this.name(reader, slots[SLOT.route]!);
    this.route = route.text === '' ? this.withoutRoute(reader, fields, statusCode, pathStart, pathEnd) : route;
  }

  private withoutRoute(
    reader: WireReader,
    fields: SpanFields,
    statusCode: number,
    pathStart: number,
    pathEnd: number,
  ): EncodedText {
    if (statusCode === 404) return UNMATCHED_ROUTE;
    if (pathEnd > pathStart)
      return this.templates.get(reader, pathStart, Math.min(pathEnd, pathStart + TEXT_BYTES_MAX));
    const rpcMethod = this.name(reader, fields.slots[SLOT.rpcMethod]!);
    const rpcService = this.name(reader, fields.slots[SLOT.rpcService]!);
    if (rpcMethod.text !== '') {
      return rpcService.text === '' ? rpcMethod : new EncodedText(`${rpcService.text}/${rpcMethod.text}`);
    }
    const destination = this.name(reader, fields.slots[SLOT.messagingDestination]!);
    if (destination.text !== '') return destination;
    return this.names.get(reader, fields.nameStart, Math.min(fields.nameEnd, fields.nameStart + TEXT_BYTES_MAX));
  }

  private name(reader: WireReader, value: AttributeValue): EncodedText {
    if (value.kind === VALUE_KIND.none) return EMPTY_TEXT;
    if (value.kind !== VALUE_KIND.string) return new EncodedText(value.text(reader).slice(0, NAME_CHARS_MAX));
    return this.names.get(reader, value.start, Math.min(value.end, value.start + TEXT_BYTES_MAX));
  }
}
