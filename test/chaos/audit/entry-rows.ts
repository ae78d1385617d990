import type { Store } from '../../../collector/src/store/store.ts';
import type { Findings } from '../findings.ts';
import type { Entry, Ledger } from '../traffic/ledger.ts';
import { COUNTED_TYPE } from '../traffic/requests.ts';
import { derived, type MomentOf } from './difference.ts';

interface EntryRows {
  readonly spanId: string;
  readonly queries: number;
  readonly calls: number;
  readonly durationNs: number;
  readonly exceptions: number;
}

/** Exceptions of other types came as log records, whatever app they are of. */
export const COUNTED_BY_THE_APP = `exception_type LIKE '${COUNTED_TYPE}%'`;

const NOTHING = { queries: 0, calls: 0, durationNs: 0, exceptions: 0 };

/**
 * What instrumented apps counted themselves, by entry span: as many rows, calls and nanoseconds as the app wrote on it if
 * the span is stored, none if it is not.
 */
export async function auditEntryRows(
  store: Store,
  ledger: Ledger,
  findings: Findings,
  moment: MomentOf,
): Promise<void> {
  const { database } = store;
  const rows = await store.query<EntryRows>(
    `SELECT
       spanId, max(queries) AS queries, max(calls) AS calls, max(durationNs) AS durationNs, max(exceptions) AS exceptions
     FROM (
       SELECT entry_span_id AS spanId, count() AS queries, sum(calls) AS calls, sum(duration_ns) AS durationNs, 0 AS exceptions
       FROM ${database}.request_queries FINAL WHERE source = 'entry' GROUP BY spanId
       UNION ALL
       SELECT occurrence_id AS spanId, 0, 0, 0, count() FROM ${database}.exceptions FINAL
       WHERE ${COUNTED_BY_THE_APP} GROUP BY spanId
     )
     GROUP BY spanId`,
    {},
    { executionSecondsMax: 120 },
  );
  const present = new Set(
    (
      await store.query<{ id: string }>(
        `SELECT DISTINCT span_id AS id FROM ${database}.spans WHERE instrumented = 1 AND ignored = 0`,
      )
    ).map(({ id }) => id),
  );
  const stored = new Map(rows.map((row) => [row.spanId, row]));
  const asked = ledger.entries.filter((entry) => !entry.mayBeLost);
  for (const entry of asked) auditEntry(entry, stored, present, findings, moment);
}

function auditEntry(
  entry: Entry,
  stored: ReadonlyMap<string, EntryRows>,
  present: ReadonlySet<string>,
  findings: Findings,
  moment: MomentOf,
): void {
  for (const table of entry.tables) {
    const is = stored.get(table.spanId) ?? NOTHING;
    const due = present.has(table.spanId) ? table : NOTHING;
    const story = `${entry.fate}, made in ${entry.version}, ${moment(entry.version)}`;
    if (is.queries !== due.queries || is.calls !== due.calls || is.durationNs !== due.durationNs) {
      const figures = ({ queries, calls, durationNs }: typeof NOTHING) =>
        `${queries} rows, ${calls} calls, ${durationNs} ns`;
      findings.add(
        derived('request_queries of instrumented apps'),
        `${table.spanId}: stored ${figures(is)}, expected ${figures(due)} (${story})`,
      );
    }
    if (is.exceptions !== due.exceptions) {
      findings.add(
        derived('exceptions of instrumented apps'),
        `${table.spanId}: stored ${is.exceptions}, expected ${due.exceptions} (${story})`,
      );
    }
  }
}
