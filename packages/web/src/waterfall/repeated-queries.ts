// Which rows of the waterfall are an N+1. The collector has judged; here its verdict is only found for a row, by entry
// span, fingerprint and loop path.

import type { TraceQuery, TraceSpan } from '@profiler/collector/api-types';

/** Where a row stands: the entry span above it, and the names from below that one to the row's parent. */
export interface Place {
  readonly entrySpanId: string;
  readonly names: readonly string[];
}

export const OUTSIDE: Place = { entrySpanId: '', names: [] };

/** The place of a span's children. A name that repeats its parent's counts once. */
export function placeBelow(span: Pick<TraceSpan, 'spanId' | 'name' | 'entry'>, place: Place): Place {
  if (span.entry) return { entrySpanId: span.spanId, names: [] };
  if (place.names.at(-1) === span.name) return place;
  return { ...place, names: [...place.names, span.name] };
}

export type QueryLookup = (span: Pick<TraceSpan, 'fingerprint'>, place: Place) => TraceQuery | undefined;

/** Where a query runs on one path only, its path need not be compared: the collector cuts very deep ones. */
export function queryLookup(queries: readonly TraceQuery[]): QueryLookup {
  const rows = new Map<string, TraceQuery[]>();
  for (const query of queries) {
    const key = `${query.entrySpanId}\0${query.fingerprint}`;
    const known = rows.get(key);
    if (known) known.push(query);
    else rows.set(key, [query]);
  }
  return (span, place) => {
    if (span.fingerprint === '') return undefined;
    const found = rows.get(`${place.entrySpanId}\0${span.fingerprint}`) ?? [];
    return found.length === 1 ? found[0] : found.find((query) => query.loopPath === place.names.join(' > '));
  };
}
