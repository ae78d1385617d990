import { type Attributes, encodeTraces, type OtlpEncoding, type OtlpSpan } from '../support/otlp.ts';
import { type BodyNotation, JSON_NOTATION, PROTOBUF, TimeBase, writeDigits } from './body-notation.ts';
import { mix32, spanIdHigh, spanIdLow, TRACES_PER_BODY_MAX, writeTraceId } from './load-ids.ts';
import { Random } from './random.ts';
import { resourceAttributes } from './shop-attributes.ts';
import { SERVICES } from './shop-services.ts';
import { type LoadSpan, shopTrace, TRACE_NS_MAX } from './shop-traces.ts';

/** A trace starts at a moment of the second that begins this long before its body's time: when it is sent, it has ended. */
const BEFORE_MS = 3_500;
const START_NS_MAX = 1_000_000_000;
/** What the trace's start is moved by from body to body, at most. */
const START_JITTER_NS = 2 ** 28;
if (START_NS_MAX + START_JITTER_NS + TRACE_NS_MAX * 1.1 > BEFORE_MS * 1e6) throw new Error('spans end in the future');

const DIGITS = 8;

/** Where in a body the fields of one span stand that differ from one use of the template to the next. */
interface SpanSlots {
  readonly trace: number;
  /** Place in the trace, and that of the parent; -1 for none. */
  readonly place: number;
  readonly parent: number;
  readonly startNs: number;
  readonly durationNs: number;
  readonly traceIdAt: number;
  readonly spanIdAt: number;
  readonly parentIdAt: number;
  readonly startAt: number;
  readonly endAt: number;
  readonly eventAt: number;
  /** Where the trace's eight digits stand. */
  readonly digitsAt: readonly number[];
}

/**
 * One encoded OTLP request of the shop's traces. {@link stamp} makes a request of its own of it, with other ids, other times
 * and other numbers in paths and statements, for half a microsecond a span: nothing is encoded while the load runs.
 */
export class BodyTemplate {
  readonly spans: number;
  readonly traces: number;
  /** SERVER spans, each a request. */
  readonly entries: number;
  readonly bytes: Buffer;
  private readonly notation: BodyNotation;
  private readonly slots: readonly SpanSlots[];
  private readonly words: Uint32Array[];

  constructor(options: { seed: number; spans: number; services: number; encoding: OtlpEncoding }) {
    const { seed, spans, services, encoding } = options;
    this.notation = encoding === 'protobuf' ? PROTOBUF : JSON_NOTATION;
    const placed = placeSpans(new Random(seed), spans, services);
    const groups = SERVICES.slice(0, services).map((service) => ({
      resource: resourceAttributes(service),
      scope: { name: '@opentelemetry/instrumentation-http', version: '0.223.0' },
      // An exporter has a span when it has ended, so children come before their parents.
      spans: placed.filter(({ span }) => span.service === service).sort((a, b) => endOf(a) - endOf(b)),
    }));
    const filled = groups.filter((group) => group.spans.length > 0);
    this.bytes = Buffer.from(
      encodeTraces(
        filled.map((group) => ({ ...group, spans: group.spans.map(marked) })),
        encoding,
      ),
    );
    this.slots = findSlots(
      this.bytes,
      this.notation,
      filled.flatMap((group) => group.spans),
    );
    this.spans = placed.length;
    this.traces = placed.at(-1)!.trace + 1;
    this.entries = placed.filter(({ span }) => span.kind === 2).length;
    this.words = Array.from({ length: this.traces }, () => new Uint32Array(4));
  }

  /** Writes the request of this run and number into `target`, which has room for `bytes`; returns its length. */
  stamp(target: Buffer, run: number, body: number, epochMs: number): number {
    const { notation, words } = this;
    const { id32Bytes } = notation;
    this.bytes.copy(target);
    const base = new TimeBase(epochMs - BEFORE_MS);
    for (let trace = 0; trace < words.length; trace++) writeTraceId(words[trace]!, run, body, trace);
    for (const slot of this.slots) {
      const trace = words[slot.trace]!;
      for (let word = 0; word < 4; word++) notation.writeId32(target, slot.traceIdAt + word * id32Bytes, trace[word]!);
      const high = spanIdHigh(trace, slot.place);
      notation.writeId32(target, slot.spanIdAt, high);
      notation.writeId32(target, slot.spanIdAt + id32Bytes, spanIdLow(trace, high));
      if (slot.parent >= 0) {
        const parentHigh = spanIdHigh(trace, slot.parent);
        notation.writeId32(target, slot.parentIdAt, parentHigh);
        notation.writeId32(target, slot.parentIdAt + id32Bytes, spanIdLow(trace, parentHigh));
      }
      const startNs = slot.startNs + (mix32(trace[3]!) & (START_JITTER_NS - 1));
      const jitterNs = Math.floor((high / 2 ** 32) * slot.durationNs * 0.1);
      notation.writeTime(target, slot.startAt, base, startNs);
      notation.writeTime(target, slot.endAt, base, startNs + slot.durationNs + jitterNs);
      if (slot.eventAt >= 0) notation.writeTime(target, slot.eventAt, base, startNs + slot.durationNs);
      for (const at of slot.digitsAt) writeDigits(target, at, DIGITS, trace[2]! % 10 ** DIGITS);
    }
    return this.bytes.length;
  }
}

interface PlacedSpan {
  readonly trace: number;
  readonly place: number;
  /** From the body's own time base. */
  readonly startNs: number;
  readonly span: LoadSpan;
}

/** Traces until there are as many spans as wanted; of the last only its first spans, which are whole without the rest. */
function placeSpans(random: Random, count: number, services: number): PlacedSpan[] {
  const placed: PlacedSpan[] = [];
  for (let trace = 0; placed.length < count; trace++) {
    if (trace >= TRACES_PER_BODY_MAX) throw new Error(`a body has at most ${TRACES_PER_BODY_MAX} traces`);
    const traceStartNs = random.whole(0, START_NS_MAX);
    const spans = shopTrace(random, digitsMarker(trace), services).slice(0, count - placed.length);
    for (const [place, span] of spans.entries()) {
      placed.push({ trace, place, span, startNs: traceStartNs + span.startNs });
    }
  }
  return placed;
}

function endOf({ startNs, span }: PlacedSpan): number {
  return startNs + span.durationNs;
}

// Markers: values that stand for the fields to be overwritten, and are found again in the encoded body by what they are.
const MARKER_EPOCH_NS = 1_600_000_000_000_000_000n;
const digitsMarker = (trace: number) => String(73_000_000 + trace);
const traceMarker = (trace: number) => `a7${trace.toString(16).padStart(30, '0')}`;
const spanMarker = (trace: number, place: number) => `b3${(trace * 4096 + place).toString(16).padStart(14, '0')}`;
const startMarker = ({ trace, place }: PlacedSpan) => MARKER_EPOCH_NS + BigInt(trace * 4096 + place) * 10n;
const endMarker = (span: PlacedSpan) => startMarker(span) + 1n;
const eventMarker = (span: PlacedSpan) => startMarker(span) + 2n;

function marked(placed: PlacedSpan): OtlpSpan {
  const { trace, place, span } = placed;
  const { name, kind, parent, attributes, failure } = span;
  return {
    traceId: traceMarker(trace),
    spanId: spanMarker(trace, place),
    ...(parent >= 0 && { parentSpanId: spanMarker(trace, parent) }),
    name,
    kind,
    startTimeUnixNano: startMarker(placed),
    endTimeUnixNano: endMarker(placed),
    attributes,
    // A SERVER span's parent is in another process: that is what makes it an entry span.
    flags: parent >= 0 && kind === 2 ? 0x301 : 0x101,
    ...(failure && {
      status: { code: 2, message: failure.message },
      events: [{ name: 'exception', timeUnixNano: eventMarker(placed), attributes: exceptionAttributes(failure) }],
    }),
  };
}

function exceptionAttributes({ type, message }: { type: string; message: string }): Attributes {
  const stack = [
    'query (src/db/pool.ts:88:11)',
    'save (src/shop/repository.ts:41:5)',
    'post (src/shop/controller.ts:23:9)',
  ];
  return {
    'exception.type': type,
    'exception.message': message,
    'exception.stacktrace': [`${type}: ${message}`, ...stack].join('\n    at '),
  };
}

/** Fields stand in the same order in both encodings, so each is searched for from the one before. */
function findSlots(bytes: Buffer, notation: BodyNotation, spans: readonly PlacedSpan[]): SpanSlots[] {
  let at = 0;
  const find = (marker: Buffer): number => {
    const found = bytes.indexOf(marker, at);
    if (found < 0) throw new Error('a field of the template is not in its encoded body');
    at = found + marker.length;
    return found;
  };
  const slots = spans.map((placed) => {
    const { trace, place, span, startNs } = placed;
    const traceIdAt = find(notation.id(traceMarker(trace)));
    const spanIdAt = find(notation.id(spanMarker(trace, place)));
    const parentIdAt = span.parent < 0 ? -1 : find(notation.id(spanMarker(trace, span.parent)));
    const startAt = find(notation.time(startMarker(placed)));
    const endAt = find(notation.time(endMarker(placed)));
    const attributesAt = at;
    const eventAt = span.failure === undefined ? -1 : find(notation.time(eventMarker(placed)));
    const { parent, durationNs } = span;
    // Objects of one shape: one that is spread and added to is looked up anew at each access, which is most of a stamp.
    const found = {
      trace,
      place,
      parent,
      startNs,
      durationNs,
      traceIdAt,
      spanIdAt,
      parentIdAt,
      startAt,
      endAt,
      eventAt,
      digitsAt: [] as number[],
    };
    return { found, attributesAt };
  });
  return slots.map(({ found, attributesAt }, index) => {
    const end = slots[index + 1]?.found.traceIdAt ?? bytes.length;
    found.digitsAt.push(...occurrences(bytes, Buffer.from(digitsMarker(found.trace)), attributesAt, end));
    return found;
  });
}

function occurrences(bytes: Buffer, marker: Buffer, from: number, end: number): number[] {
  const found: number[] = [];
  for (let at = bytes.indexOf(marker, from); at >= 0 && at < end; at = bytes.indexOf(marker, at + 1)) found.push(at);
  return found;
}
