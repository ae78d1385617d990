/** `sql.conn.prepare`, `PDO::prepare`, `prepare SELECT ...`; not a span named for a table, as `SELECT prepare` is. */
const PREPARATION = /(?:^|[.:])prepare(?:$|[\s(])/i;

/** Whether a span that carries a statement only prepares it: the statement is run, and counted, by another. */
export function isPreparation(spanName: string): boolean {
  return PREPARATION.test(spanName);
}
