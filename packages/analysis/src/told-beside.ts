import { isDocumentSystem } from './call-kind.ts';

/** Calls of one text at one place. */
export interface PlacedCalls {
  readonly system: string;
  /** Request and loop path. */
  readonly place: string;
  /** Normalised. */
  readonly text: string;
  /** They carry no statement; the text is their operation and collection. */
  readonly summarised: boolean;
  readonly calls: number;
}

/**
 * Calls of an ORM without a statement that its driver, beside them, tells of with one:
 *
 *     GET /orders
 *     ├─ CLIENT mongoose   findOne lines          7 calls     told beside
 *     └─ CLIENT mongodb    {"find":"lines",...}   7 calls     counted
 *
 * They are matched by collection, since the two name operations differently, and when the driver tells of no fewer calls. A text
 * that leaves the collection out (`{"find":"?"}`) may be of any, so then all calls of the place are compared.
 */
export function toldBeside<Calls extends PlacedCalls>(rows: readonly Calls[]): ReadonlySet<Calls> {
  const told = new Set<Calls>();
  const summaries = rows.filter(({ summarised, calls, system }) => summarised && calls > 0 && isDocumentSystem(system));
  for (const place of new Set(summaries.map((row) => row.place))) {
    const here = summaries.filter((row) => row.place === place);
    const statements = rows.filter((row) => row.place === place && !row.summarised && isDocumentSystem(row.system));
    const isAnonymous = statements.some(({ text }) => statementCollection(text) === '?');
    for (const row of here) {
      const collection = summaryCollection(row.text);
      const alike = here.filter(({ text }) => isAnonymous || summaryCollection(text) === collection);
      const drivers = statements.filter(({ text }) => isAnonymous || statementCollection(text) === collection);
      if (callsOf(drivers) >= callsOf(alike)) told.add(row);
    }
  }
  return told;
}

function callsOf(rows: readonly PlacedCalls[]): number {
  return rows.reduce((sum, { calls }) => sum + calls, 0);
}

/** `find lines` */
function summaryCollection(text: string): string {
  return text.slice(text.indexOf(' ') + 1);
}

/** `find lines {...}`, or the command as it was sent: `{"find":"lines",...}` */
function statementCollection(text: string): string {
  const [, named, sent] = /^(?:\w+ ([\w.$-]+) \{|\s*\{\s*"\w+"\s*:\s*"([^"]*)")/.exec(text) ?? [];
  return named ?? sent ?? '?';
}
