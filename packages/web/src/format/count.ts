const whole = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });
const fine = new Intl.NumberFormat('en', { maximumFractionDigits: 1 });
const compact = new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 });

/** `1,234`, and from a hundred thousand on `123.4K`: figures in a list are compared, not copied. */
export function count(value: number): string {
  return Math.abs(value) >= 100_000 ? compact.format(value) : whole.format(value);
}

/** `41`, `3.2`: an average per request. */
export function perRequest(value: number): string {
  return value >= 100 ? whole.format(value) : fine.format(value);
}

/** A fraction as a percentage. Nothing that happened is shown as 0 %, nothing short of all as 100 %. */
export function percent(fraction: number): string {
  if (!Number.isFinite(fraction)) return '–';
  const value = fraction * 100;
  if (value > 0 && value < 0.1) return '<0.1 %';
  if (value >= 99.5 && value < 100) return '>99 %';
  return `${value >= 10 ? whole.format(value) : fine.format(value)} %`;
}

/** `1 request`, `2 requests` */
export function counted(value: number, one: string, many = `${one}s`): string {
  return `${count(value)} ${value === 1 ? one : many}`;
}
