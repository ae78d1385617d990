import { RequestPath } from './request-path.ts';
import { isRoot, type SpanRecord } from './span-record.ts';

/** A chain of parents that is longer than this is not followed (and is counted as incomplete). */
const DEPTH_MAX = 1_000;

/**
 * Where a span stands: below an entry span, below none although its chain is complete, or not known yet. `above` is the
 * nearest span between the two that calls another process.
 */
export type Place =
  | {
      readonly kind: 'request';
      readonly path: RequestPath;
      readonly depth: number;
      readonly above: SpanRecord | undefined;
    }
  | { readonly kind: 'outside'; readonly root: SpanRecord; readonly depth: number }
  | { readonly kind: 'unknown' };

const UNKNOWN: Place = { kind: 'unknown' };

/** The spans of one trace, by id. The order in which they are given changes nothing; a span given twice counts once. */
export class SpanTree {
  readonly spans: readonly SpanRecord[];
  readonly #indexes = new Map<string, number>();
  /** By index of a parent: its children share the place. */
  readonly #below: (Place | undefined)[];

  constructor(given: readonly SpanRecord[]) {
    const spans: SpanRecord[] = [];
    for (const span of given) {
      const index = this.#indexes.get(span.spanId);
      if (index === undefined) this.#indexes.set(span.spanId, spans.push(span) - 1);
      else if (isBefore(span, spans[index]!)) spans[index] = span;
    }
    this.spans = spans;
    this.#below = new Array<Place | undefined>(spans.length).fill(undefined);
  }

  get(spanId: string): SpanRecord | undefined {
    const index = this.#indexes.get(spanId);
    return index === undefined ? undefined : this.spans[index];
  }

  /**
   * The request (or root) to which what a span recorded belongs: an entry span belongs to its own, and a span that ended
   * after its instrumented entry span says itself where it belongs, for its parents may not come.
   */
  placeOf(span: SpanRecord): Place {
    if (span.entrySpanId !== '') {
      const entry = this.get(span.entrySpanId);
      if (entry === undefined) return UNKNOWN;
      return { kind: 'request', path: RequestPath.of(entry, span.loopPath), depth: 1, above: undefined };
    }
    if (span.entry) return { kind: 'request', path: RequestPath.of(span), depth: 0, above: undefined };
    if (isRoot(span)) return { kind: 'outside', root: span, depth: 0 };
    const parent = this.#indexes.get(span.parentSpanId);
    return parent === undefined ? UNKNOWN : (this.#below[parent] ?? this.#climb(parent));
  }

  /** Up to the nearest SERVER span that opens a request, whatever its service; then down again, by the names passed. */
  #climb(from: number): Place {
    const passed: number[] = [];
    let at: number | undefined = from;
    let place: Place | undefined;
    // As many steps as there are spans: who goes on, goes round in a circle.
    while (at !== undefined && passed.length <= this.spans.length) {
      place = this.#below[at] ?? this.#topmost(at);
      if (place !== undefined) {
        this.#below[at] = place;
        break;
      }
      passed.push(at);
      at = this.#indexes.get(this.spans[at]!.parentSpanId);
    }
    place ??= UNKNOWN;
    for (let step = passed.length - 1; step >= 0; step--) {
      const index = passed[step]!;
      place = stepDown(place, this.spans[index]!);
      this.#below[index] = place;
    }
    return place;
  }

  #topmost(index: number): Place | undefined {
    const span = this.spans[index]!;
    if (span.entry) return { kind: 'request', path: RequestPath.of(span), depth: 1, above: undefined };
    return isRoot(span) ? { kind: 'outside', root: span, depth: 1 } : undefined;
  }
}

/** The place below a span that stands at `place`. */
function stepDown(place: Place, span: SpanRecord): Place {
  if (place.kind === 'unknown' || place.depth >= DEPTH_MAX) return UNKNOWN;
  const depth = place.depth + 1;
  if (place.kind === 'outside') return { ...place, depth };
  return { kind: 'request', path: place.path.below(span.name), depth, above: nearestCall(place.above, span) };
}

const KIND_CLIENT = 3;

/** A client's span that names a database says that it calls one, even if not what it asks; then a call above it says more. */
function nearestCall(above: SpanRecord | undefined, span: SpanRecord): SpanRecord | undefined {
  if (span.kind !== KIND_CLIENT) return above;
  if (span.fingerprint !== '') return span;
  return above ?? (span.dbSystem === '' ? undefined : span);
}

/** Any total order will do, so that which of two different spans with one id is kept does not depend on arrival. */
function isBefore(span: SpanRecord, twin: SpanRecord): boolean {
  return sortingKey(span) < sortingKey(twin);
}

function sortingKey(span: SpanRecord): string {
  return JSON.stringify([
    span.startTimeUnixNano,
    span.durationNs,
    span.parentSpanId,
    span.service,
    span.name,
    span.entry,
    span.folded,
    span.fingerprint,
    span.dbSystem,
    span.repeatable,
    span.valuesHash,
    span.exceptionType,
    span.exceptionMessage,
  ]);
}
