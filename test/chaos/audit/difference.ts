import type { Store } from '../../../collector/src/store/store.ts';
import { CHECK, type Findings } from '../findings.ts';

/**
 * Two selects that should give the same rows. Each gives `version` (which says when its spans were made), `key` and
 * `figures`, all as text, one row a key.
 */
export interface Comparison {
  readonly check: string;
  readonly stored: string;
  readonly expected: string;
}

const EXAMPLES_MAX = 5;

export async function compare(
  store: Store,
  comparison: Comparison,
  findings: Findings,
  moment: MomentOf,
): Promise<void> {
  const sql = `
    SELECT
      version, key, anyIf(figures, side = 's') AS stored, anyIf(figures, side = 'e') AS expected,
      countIf(side = 's') AS storedRows, countIf(side = 'e') AS expectedRows, count() OVER () AS differing
    FROM (
      SELECT version, key, figures, 's' AS side FROM (${comparison.stored})
      UNION ALL
      SELECT version, key, figures, 'e' AS side FROM (${comparison.expected})
    )
    GROUP BY version, key
    HAVING storedRows != 1 OR expectedRows != 1 OR stored != expected
    ORDER BY version, key
    LIMIT ${EXAMPLES_MAX}`;
  const rows = await store.query<Row>(sql, {}, { executionSecondsMax: 300 });
  for (const [index, row] of rows.entries()) {
    const { version, key } = row;
    const sides = `stored ${side(row.storedRows, row.stored)}, expected ${side(row.expectedRows, row.expected)}`;
    // The first carries the count of all.
    const count = index === 0 ? row.differing - rows.length + 1 : 1;
    findings.add(comparison.check, `${key}: ${sides} (made in ${version}, ${moment(version)})`, count);
  }
}

/** What happened to the collector at the end of the time in which something was made. */
export type MomentOf = (version: string) => string;

/** `(version, key, figures)` of a table or select, as {@link Comparison} wants them. */
export function figuresOf(
  from: string,
  key: readonly string[],
  figures: readonly string[],
  rest: { readonly where?: string; readonly aggregate?: boolean } = {},
): string {
  const groups = rest.aggregate ? ` GROUP BY ${['version', ...key].join(', ')}` : '';
  const where = rest.where === undefined ? '' : ` WHERE ${rest.where}`;
  return `SELECT toString(version) AS version, toString((${key.join(', ')}, '')) AS key, toString((${figures.join(', ')}, '')) AS figures FROM ${from}${where}${groups}`;
}

export const rollup = (table: string) => `${CHECK.rollup}${table}`;
export const derived = (table: string) => `${CHECK.derived}${table}`;

interface Row {
  readonly version: string;
  readonly key: string;
  readonly stored: string;
  readonly expected: string;
  readonly storedRows: number;
  readonly expectedRows: number;
  readonly differing: number;
}

function side(rows: number, figures: string): string {
  return rows === 0 ? 'nothing' : rows === 1 ? figures : `${rows} rows, one of them ${figures}`;
}
