/**
 * Test support: what Grafana makes of a data link for one row. A variable that it does not know is left standing.
 *
 * @param row the row's values by column
 * @param values of the dashboard's variables, each as Grafana would print it
 */
export function expandLink(
  url: string,
  row: Readonly<Record<string, unknown>>,
  values: Readonly<Record<string, string>>,
): string {
  return url.replaceAll(/\$\{([\w.]+)(?::(\w+))?(?::\w+)?\}/g, (whole, name: string, format?: string) => {
    const column = /^__data\.fields\.(\w+)$/.exec(name)?.[1];
    if (column !== undefined) {
      if (!(column in row)) return whole;
      return format === 'percentencode' ? encodeURIComponent(String(row[column])) : String(row[column]);
    }
    if (name === '__from' || name === '__to') return '2026-01-02T03:04:05.000Z';
    if (name === '__url_time_range') return 'from=now-1h&to=now';
    const value = values[name];
    if (value === undefined) return whole;
    return format === 'queryparam' ? `var-${name}=${encodeURIComponent(value)}` : value;
  });
}
