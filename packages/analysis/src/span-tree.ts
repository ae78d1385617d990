import { loopPath } from './loop-path.ts';
import { isRoot, type SpanRecord } from './span-record.ts';

/** A chain of parents that is longer than this is not followed (and is counted as incomplete). */
const DEPTH_MAX = 1_000;

/** Where a span stands: below an entry span, below none although its chain is complete, or not known yet. */
export type Place =
  | { readonly kind: 'request'; readonly entry: SpanRecord; readonly loopPath: string; readonly depth: number }
  | { readonly kind: 'outside'; readonly root: SpanRecord; readonly depth: number }
  | { readonly kind: 'unknown' };

const UNKNOWN: Place = { kind: 'unknown' };

/** The spans of one trace, by id. The order in which they are given changes nothing; a span given twice counts once. */
export class SpanTree {
  readonly #byId = new Map<string, SpanRecord>();
  /** By the id of a parent: its children share the place. */
  readonly #below = new Map<string, Place>();

  constructor(spans: readonly SpanRecord[]) {
    for (const span of spans) {
      const twin = this.#byId.get(span.spanId);
      if (twin === undefined || isBefore(span, twin)) this.#byId.set(span.spanId, span);
    }
  }

  get spans(): IterableIterator<SpanRecord> {
    return this.#byId.values();
  }

  get(spanId: string): SpanRecord | undefined {
    return this.#byId.get(spanId);
  }

  #placeBelow(spanId: string): Place {
    const known = this.#below.get(spanId);
    if (known !== undefined) return known;
    const place = this.#climb(spanId);
    this.#below.set(spanId, place);
    return place;
  }

  /**
   * The request (or root) to which what a span recorded belongs: an entry span belongs to its own, and a span that ended
   * after its instrumented entry span says itself where it belongs, for its parents may not come.
   */
  placeOf(span: SpanRecord): Place {
    if (span.entrySpanId !== '') {
      const entry = this.#byId.get(span.entrySpanId);
      return entry === undefined ? UNKNOWN : { kind: 'request', entry, loopPath: span.loopPath, depth: 1 };
    }
    if (span.entry) return { kind: 'request', entry: span, loopPath: '', depth: 0 };
    if (isRoot(span)) return { kind: 'outside', root: span, depth: 0 };
    return this.#placeBelow(span.parentSpanId);
  }

  /** The nearest SERVER span that opens a request, whatever its service: the names passed on the way are the loop path. */
  #climb(spanId: string): Place {
    const names: string[] = [];
    let at = this.#byId.get(spanId);
    while (at !== undefined && names.length < DEPTH_MAX) {
      if (at.entry) return { kind: 'request', entry: at, loopPath: loopPath(names.reverse()), depth: names.length + 1 };
      names.push(at.name);
      if (isRoot(at)) return { kind: 'outside', root: at, depth: names.length };
      at = this.#byId.get(at.parentSpanId);
    }
    return UNKNOWN;
  }
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
    span.exceptionType,
    span.exceptionMessage,
  ]);
}
