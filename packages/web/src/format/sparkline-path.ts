/** An SVG path over values from left to right, zero at the bottom; null breaks the line. A value alone is a short dash. */
export function sparklinePath(values: readonly (number | null)[], width: number, height: number): string {
  const most = Math.max(0, ...values.filter((value) => value !== null));
  const step = values.length > 1 ? width / (values.length - 1) : 0;
  const y = (value: number) => (most > 0 ? height - 1 - (value / most) * (height - 2) : height - 1);
  const parts: string[] = [];
  for (const [at, value] of values.entries()) {
    if (value === null) continue;
    const opens = at === 0 || values[at - 1] === null;
    const point = `${rounded(at * step)} ${rounded(y(value))}`;
    parts.push(`${opens ? 'M' : 'L'}${point}`);
    if (opens && (values[at + 1] ?? null) === null) parts.push('h2');
  }
  return parts.join('');
}

const rounded = (value: number) => Math.round(value * 10) / 10;
