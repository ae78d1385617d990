import { SLOT } from './attribute-keys.ts';
import { VALUE_KIND } from './attribute-value.ts';
import { ClientCall } from './client-call.ts';
import type { DecodeCounts } from './decode-counts.ts';
import { restoreDriverError } from './driver-error.ts';
import { EncodedText } from './encoded-text.ts';
import { Endpoint } from './endpoint.ts';
import { type EndpointCap, OTHER_ROUTE } from './endpoint-cap.ts';
import { HttpPath } from './http-path.ts';
import type { IgnoredPaths } from './ignored-paths.ts';
import { ATTRIBUTES_PER_SPAN_MAX, NAME_BYTES_MAX, TEXT_BYTES_MAX, VALUE_BYTES_MAX } from './limits.ts';
import type { NativeBlock } from './native-block.ts';
import type { QueryTexts } from './query-text.ts';
import type { SpanContext } from './span-context.ts';
import type { SpanFields } from './span-fields.ts';
import type { WireReader } from './wire-reader.ts';

const KIND_SERVER = 2;
const KIND_CONSUMER = 5;
const STATUS_ERROR = 2;
const FLAG_HAS_IS_REMOTE = 0x100;
const FLAG_IS_REMOTE = 0x200;
const URL_QUERY = new EncodedText('url.query');

/**
 * Writes one span as one row of `spans`, but for the columns of its `ScopeRun`, and fixes there what views and detectors
 * rely on. What the entry span's tables
 * need is left in `entry`, `ignored`, `instrumented`, `endpoint` and the duration.
 */
export class SpanRow {
  entry = false;
  ignored = false;
  instrumented = false;
  durationHigh = 0;
  durationLow = 0;
  readonly endpoint = new Endpoint();
  private readonly path = new HttpPath();
  private readonly call: ClientCall;
  private readonly ignoredPaths: IgnoredPaths;
  private readonly endpointCap: EndpointCap;
  private readonly slowThresholdNs: number;

  constructor(options: {
    queryTexts: QueryTexts;
    ignoredPaths: IgnoredPaths;
    endpointCap: EndpointCap;
    slowRequestThresholdMs: number;
  }) {
    this.call = new ClientCall(options.queryTexts);
    this.ignoredPaths = options.ignoredPaths;
    this.endpointCap = options.endpointCap;
    this.slowThresholdNs = options.slowRequestThresholdMs * 1e6;
  }

  write(block: NativeBlock<'spans'>, reader: WireReader, fields: SpanFields, context: SpanContext): void {
    const { columns } = block;
    const { counts } = context;
    const { slots, kind } = fields;
    const folded = slots[SLOT.folded]!.kind === VALUE_KIND.bool && slots[SLOT.folded]!.low === 1;
    const statusCode = statusCodeOf(fields, reader);
    this.measure(fields);
    this.findPath(fields, reader);
    const { path } = this;
    this.instrumented = slots[SLOT.version]!.kind !== VALUE_KIND.none;
    // An app that wrote the request's table on a span knows that it is the entry, whatever stands above it.
    const opens = kind === KIND_SERVER || (kind === KIND_CONSUMER && !isReceiving(fields, reader));
    this.entry = opens && !folded && (this.instrumented || !isLocalChild(fields));
    this.ignored = kind === KIND_SERVER && this.ignoredPaths.covers(reader.bytes, path.start, path.end);

    columns.timestamp.u64(fields.startHigh, fields.startLow);
    columns.duration_ns.u64(this.durationHigh, this.durationLow);
    columns.trace_id.hex(reader, fields.traceIdStart, fields.traceIdEnd);
    columns.span_id.hex(reader, fields.spanIdStart, fields.spanIdEnd);
    columns.parent_span_id.hex(reader, fields.parentSpanIdStart, fields.parentSpanIdEnd);
    columns.trace_flags.u8(fields.flags & 0xff);
    columns.name.text(reader, fields.nameStart, fields.nameEnd, NAME_BYTES_MAX, counts);
    columns.kind.u8(kind);
    columns.span_status.u8(fields.status);
    columns.span_status_message.text(
      reader,
      fields.statusMessageStart,
      fields.statusMessageEnd,
      TEXT_BYTES_MAX,
      counts,
    );
    columns.entry.u8(this.entry ? 1 : 0);
    columns.ignored.u8(this.ignored ? 1 : 0);
    columns.slow.u8(this.durationHigh * 2 ** 32 + this.durationLow >= this.slowThresholdNs ? 1 : 0);
    columns.error.u8(fields.status === STATUS_ERROR || statusCode >= 500 ? 1 : 0);
    if (this.entry) this.writeEndpoint(block, reader, fields, statusCode, context);
    else {
      slots[SLOT.method]!.write(reader, columns.method, NAME_BYTES_MAX, counts);
      slots[SLOT.route]!.write(reader, columns.route, NAME_BYTES_MAX, counts);
    }
    columns.path.text(reader, path.start, path.end, TEXT_BYTES_MAX, counts);
    columns.status_code.u16(statusCode);
    this.writeCall(block, reader, fields);
    const { events } = fields;
    if (events.hasException) restoreDriverError(fields, reader);
    events.exceptionType.write(reader, columns.exception_type, NAME_BYTES_MAX, counts);
    events.exceptionMessage.write(reader, columns.exception_message, TEXT_BYTES_MAX, counts);
    events.exceptionStacktrace.write(reader, columns.exception_stacktrace, VALUE_BYTES_MAX, counts);
    columns.folded.u8(folded ? 1 : 0);
    columns.instrumented.u8(this.instrumented ? 1 : 0);
    slots[SLOT.entrySpanId]!.write(reader, columns.entry_span_id, NAME_BYTES_MAX, counts);
    slots[SLOT.loopPath]!.write(reader, columns.loop_path, TEXT_BYTES_MAX, counts);
    this.keepUrlQuery(block, reader, counts);
    columns.attributes.endRow();
    columns.events.string(events.events.text(), VALUE_BYTES_MAX);
    columns.links.string(events.links.text(), VALUE_BYTES_MAX);
    block.endRow();
    if (slots[SLOT.droppedSpans]!.number() > 0) counts.appDroppedSpans += slots[SLOT.droppedSpans]!.number();
  }

  private writeEndpoint(
    { columns }: NativeBlock<'spans'>,
    reader: WireReader,
    fields: SpanFields,
    statusCode: number,
    { endpoints, counts }: SpanContext,
  ): void {
    const { endpoint } = this;
    endpoint.read(reader, fields, statusCode, this.path.start, this.path.end);
    if (!this.ignored && !this.endpointCap.admits(endpoints, endpoint.method.text, endpoint.route.text)) {
      endpoint.route = OTHER_ROUTE;
      counts.cappedRoutes++;
    }
    columns.method.encoded(endpoint.method);
    columns.route.encoded(endpoint.route);
  }

  private writeCall({ columns }: NativeBlock<'spans'>, reader: WireReader, fields: SpanFields): void {
    const { call } = this;
    call.read(reader, fields, this.path);
    columns.db_system.encoded(call.system);
    columns.query_text.encoded(call.text);
    columns.fingerprint.u64(call.high, call.low);
    columns.call_flags.u8(call.flags);
    columns.values_hash.u32(call.valuesHash);
  }

  /** End minus start in two halves; 0 when the clock went backwards or the end is missing. */
  private measure(fields: SpanFields): void {
    let low = fields.endLow - fields.startLow;
    let high = fields.endHigh - fields.startHigh;
    if (low < 0) {
      low += 2 ** 32;
      high--;
    }
    this.durationHigh = Math.max(high, 0);
    this.durationLow = high < 0 ? 0 : low;
  }

  private findPath({ slots }: SpanFields, { bytes }: WireReader): void {
    const { path } = this;
    const urlPath = slots[SLOT.urlPath]!;
    const target = slots[SLOT.httpTarget]!;
    const url = slots[SLOT.httpUrl]!;
    if (target.kind === VALUE_KIND.string) path.ofTarget(bytes, target.start, target.end);
    else if (url.kind === VALUE_KIND.string && urlPath.kind === VALUE_KIND.none) path.ofUrl(bytes, url.start, url.end);
    else path.ofTarget(bytes, 0, 0);
    if (target.kind !== VALUE_KIND.string) path.queryStart = path.queryEnd;
    if (urlPath.kind === VALUE_KIND.string) {
      path.start = urlPath.start;
      path.end = urlPath.end;
    }
  }

  /** What follows the question mark of an old `http.target`, whose attribute is not kept, under its stable name. */
  private keepUrlQuery({ columns }: NativeBlock<'spans'>, reader: WireReader, counts: DecodeCounts): void {
    const { queryStart, queryEnd } = this.path;
    if (queryEnd <= queryStart || columns.attributes.rowEntries >= ATTRIBUTES_PER_SPAN_MAX) return;
    columns.attributes.keys.encoded(URL_QUERY);
    columns.attributes.values.text(reader, queryStart, queryEnd, VALUE_BYTES_MAX, counts);
    columns.attributes.rowEntries++;
  }
}

/** Waiting for messages is no work on one. */
function isReceiving({ slots }: SpanFields, reader: WireReader): boolean {
  return slots[SLOT.messagingOperation]!.text(reader) === 'receive';
}

/** Whether the parent is in the same process; unknown when the flags do not say. */
function isLocalChild({ flags, parentSpanIdStart, parentSpanIdEnd }: SpanFields): boolean {
  if (parentSpanIdEnd === parentSpanIdStart) return false;
  return (flags & FLAG_HAS_IS_REMOTE) !== 0 && (flags & FLAG_IS_REMOTE) === 0;
}

function statusCodeOf({ slots }: SpanFields, reader: WireReader): number {
  const value = slots[SLOT.statusCode]!;
  if (value.kind === VALUE_KIND.none) return 0;
  const code = value.kind === VALUE_KIND.string ? Number(value.text(reader).slice(0, 8)) : value.number();
  return code >= 0 && code <= 999 ? Math.trunc(code) : 0;
}
