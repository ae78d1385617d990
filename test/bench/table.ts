export type TableRow = readonly [name: string, value: number | string, target?: string];

/** Aligned lines, `name  value  target`; numbers with a digit behind the point where they are small. */
export function table(rows: readonly TableRow[]): string {
  const cells = rows.map(([name, value, target = '']) => [name, shown(value), target]);
  const widths = [0, 1].map((column) => Math.max(...cells.map((row) => row[column]!.length)));
  return cells
    .map(([name, value, target]) =>
      `  ${name!.padEnd(widths[0]!)}  ${value!.padStart(widths[1]!)}  ${target}`.trimEnd(),
    )
    .join('\n');
}

export function printTable(rows: readonly TableRow[]): void {
  process.stdout.write(`${table(rows)}\n`);
}

function shown(value: number | string): string {
  if (typeof value === 'string') return value;
  if (Math.abs(value) >= 1000) return Math.round(value).toLocaleString('en-US');
  return Number.isInteger(value) ? String(value) : value.toFixed(Math.abs(value) < 10 ? 2 : 1);
}
