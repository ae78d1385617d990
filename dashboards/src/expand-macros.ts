/**
 * Test support: what Grafana and the ClickHouse plugin make of a query before ClickHouse sees it, for the macros and
 * variables that our dashboards use. Anything it does not know is left standing, and the engine then refuses it.
 */
export interface PanelTime {
  readonly fromSeconds: number;
  readonly toSeconds: number;
  readonly intervalSeconds: number;
}

/** What is chosen in each variable; an empty list is "All". */
export type Choice = Readonly<Record<string, readonly string[]>>;

export function expandMacros(sql: string, time: PanelTime, choice: Choice): string {
  return expandVariables(expandConditionalAll(sql, choice), choice)
    .replaceAll(
      /\$__timeFilter\(([^()]*)\)/g,
      (_, column) => `${column} >= toDateTime(${time.fromSeconds}) AND ${column} <= toDateTime(${time.toSeconds})`,
    )
    .replaceAll(
      /\$__timeInterval\(([^()]*)\)/g,
      (_, column) => `toStartOfInterval(toDateTime(${column}), INTERVAL ${time.intervalSeconds} second)`,
    )
    .replaceAll('$__interval_s', String(time.intervalSeconds));
}

/** `$__conditionalAll(condition, $variable)`: the condition, unless "All" is chosen. */
function expandConditionalAll(sql: string, choice: Choice): string {
  const macro = '$__conditionalAll(';
  const start = sql.lastIndexOf(macro);
  if (start < 0) return sql;
  const { parts, end } = argumentsFrom(sql, start + macro.length);
  const [condition, variable] = parts;
  if (parts.length !== 2 || !condition || !variable) throw new Error(`$__conditionalAll takes two arguments: ${sql}`);
  const name = variable.trim().replace(/^\$/, '');
  const chosen = choice[name];
  if (!chosen) throw new Error(`unknown variable ${variable}: ${sql}`);
  return expandConditionalAll(sql.slice(0, start) + (chosen.length === 0 ? '1=1' : condition) + sql.slice(end), choice);
}

/** Cut at commas outside brackets; like the plugin, blind to quotes. */
function argumentsFrom(sql: string, start: number): { parts: string[]; end: number } {
  const parts: string[] = [];
  let depth = 1;
  let from = start;
  for (let index = start; index < sql.length; index++) {
    const character = sql[index];
    if (character === '(') depth++;
    if (character === ')') depth--;
    if (depth === 0 || (depth === 1 && character === ',')) {
      parts.push(sql.slice(from, index));
      from = index + 1;
    }
    if (depth === 0) return { parts, end: index + 1 };
  }
  throw new Error(`unclosed bracket: ${sql}`);
}

const expandVariables = (sql: string, choice: Choice): string =>
  sql.replaceAll(/\$\{(\w+):singlequote\}/g, (whole, name) =>
    choice[name] ? choice[name].map((value) => `'${value.replaceAll("'", "\\'")}'`).join(',') : whole,
  );
