import { ByteColumn } from './byte-column.ts';
import { DecodeCounts } from './decode-counts.ts';
import type { ServiceEndpoints } from './endpoint-cap.ts';
import { NAME_BYTES_MAX } from './limits.ts';
import { checkKeyValue } from './nested-values.ts';
import { ResourceContext } from './resource-context.ts';
import { Pace, type Steps } from './steps.ts';
import type { WireReader } from './wire-reader.ts';

/** What a span has from the groups that it is in, and where decoding counts. */
export class SpanContext {
  readonly pace = new Pace();
  readonly resource = new ResourceContext(this.pace);
  endpoints: ServiceEndpoints;
  /** Name of the scope, as one row of a column. */
  readonly scope = new ByteColumn(64);
  counts = new DecodeCounts();

  constructor(endpoints: ServiceEndpoints) {
    this.endpoints = endpoints;
  }

  /**
   * Finds the scope's name in the ScopeSpans that the cursor is in, wherever in it it stands, and leaves the cursor where
   * it was.
   */
  *readScope(reader: WireReader): Steps {
    const { pace } = this;
    const start = reader.at;
    let nameStart = 0;
    let nameEnd = 0;
    while (reader.more()) {
      if (reader.tag() === 10) {
        const outer = reader.enter();
        while (reader.more()) {
          const tag = reader.tag();
          if (tag === 10) {
            nameStart = reader.delimited();
            nameEnd = reader.at;
          } else if (tag === 26) {
            const outerOfAttribute = reader.enter();
            checkKeyValue(reader, 0);
            reader.leave(outerOfAttribute);
          } else reader.skip();
        }
        reader.leave(outer);
      } else reader.skip();
      if (pace.isDue(reader.at)) yield;
    }
    reader.at = start;
    pace.goBack(start);
    this.scope.clear();
    this.scope.text(reader, nameStart, nameEnd, NAME_BYTES_MAX, this.counts);
  }
}
