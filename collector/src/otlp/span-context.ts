import type { DecodeCounts } from './decode-counts.ts';
import type { ServiceEndpoints } from './endpoint-cap.ts';
import type { ResourceContext } from './resource-context.ts';
import type { WireReader } from './wire-reader.ts';

/** What a span has from the groups that it is in, and where decoding counts. */
export interface SpanContext {
  readonly resource: ResourceContext;
  endpoints: ServiceEndpoints;
  /** Place of the scope's name in the request. */
  scopeStart: number;
  scopeEnd: number;
  counts: DecodeCounts;
}

/**
 * Finds the scope's name in the ScopeSpans or ScopeLogs that the cursor is in, wherever in it it stands, and leaves the
 * cursor where it was.
 */
export function readScope(reader: WireReader, context: SpanContext): void {
  context.scopeStart = 0;
  context.scopeEnd = 0;
  const start = reader.at;
  while (reader.more()) {
    if (reader.tag() !== 10) {
      reader.skip();
      continue;
    }
    const outer = reader.enter();
    while (reader.more()) {
      if (reader.tag() === 10) {
        context.scopeStart = reader.delimited();
        context.scopeEnd = reader.at;
      } else reader.skip();
    }
    reader.leave(outer);
  }
  reader.at = start;
}
