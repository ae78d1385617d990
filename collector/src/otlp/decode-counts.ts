/** Why a single span or log record was not stored. */
export type RejectionReason = 'invalid_id' | 'too_old' | 'in_future';

/** What decoding one request changed, left out or refused. All are counts. */
export class DecodeCounts {
  /** Texts whose invalid UTF-8 was replaced by U+FFFD. */
  invalidTexts = 0;
  /** Values cut at their limit. */
  cutValues = 0;
  /** Attributes, events and links beyond the limit of their span. */
  droppedAttributes = 0;
  droppedEvents = 0;
  droppedLinks = 0;
  /** Attributes that hold values bound to a query, which are never stored. */
  droppedBindValues = 0;
  /** Requests whose route was stored as `other`. */
  cappedRoutes = 0;
  /** Spans that apps reported to have found no room for in their own queues. */
  appDroppedSpans = 0;
  /** Log records accepted and not stored, because they carry no exception. */
  unusedLogRecords = 0;
  readonly rejected: Record<RejectionReason, number> = { invalid_id: 0, too_old: 0, in_future: 0 };

  rejectedTotal(): number {
    return this.rejected.invalid_id + this.rejected.too_old + this.rejected.in_future;
  }
}
