import type { Span } from '@opentelemetry/sdk-trace';
import { CallCounts } from './call-counts.ts';
import { ExceptionList } from './exception-list.ts';
import { QueryTable } from './query-table.ts';

/** A request between the start and the end of its entry span, and, `closed`, after it. */
export class OpenRequest {
  readonly entry: Span;
  /** Neither this request nor anything below it is exported. */
  readonly ignored: boolean;
  queries = new QueryTable();
  readonly exceptions = new ExceptionList();
  calls = new CallCounts();
  closed = false;
  /** Dropped spans that the entry span reports, until it is known to have found room itself. */
  reportedDroppedSpans = 0;

  constructor(entry: Span, ignored: boolean) {
    this.entry = entry;
    this.ignored = ignored;
  }

  /** Lets go of what only an open request needs; late spans keep it, and with it its exceptions, alive. */
  release(): void {
    this.queries = new QueryTable();
    this.calls = new CallCounts();
  }
}
