import type { Body } from './body.ts';

/**
 * What a sender knows of a body. *Open*: it will be sent until it is acknowledged. *Given up*: sent at least once and
 * never acknowledged, so it may be stored once or not at all.
 */
export type Fate = 'open' | 'acknowledged' | 'given up';

/** A body without its bytes, and what became of it. */
export interface Entry extends Omit<Body, 'bytes' | 'headers' | 'path'> {
  fate: Fate;
  /** How often it was sent. */
  sends: number;
  /** Somebody damaged what may have been the only copy: it may be missing, wholly or in part. */
  mayBeLost?: true;
  /** Somebody damaged what it may have been known by, before it was sent again: it may be there twice. */
  mayRepeat?: true;
}

/** Everything that was sent to one store, kept by its senders. */
export class Ledger {
  readonly entries: Entry[] = [];
  /** Answers other than 200, by status; 0 counts connections that failed. */
  readonly refusals = new Map<number, number>();
  /** Bodies of which the collector said that it rejected a part. */
  partial = 0;

  opened({ version, spanIds, tables, logMessages }: Body): Entry {
    const entry: Entry = { version, spanIds, tables, logMessages, fate: 'open', sends: 0 };
    this.entries.push(entry);
    return entry;
  }

  refused(status: number): void {
    this.refusals.set(status, (this.refusals.get(status) ?? 0) + 1);
  }

  counts() {
    const of = (fate: Fate) => this.entries.filter((entry) => entry.fate === fate);
    const acknowledged = of('acknowledged');
    return {
      bodies: this.entries.length,
      acknowledgedBodies: acknowledged.length,
      acknowledgedSpans: acknowledged.reduce((sum, { spanIds }) => sum + spanIds.length, 0),
      givenUpBodies: of('given up').length,
      openBodies: of('open').length,
      sentAgain: this.entries.reduce((sum, { sends }) => sum + Math.max(0, sends - 1), 0),
    };
  }
}
