/** Numbers and times, as short as a person reads them. */
import type { Cell } from './table.ts';

export function ms(value: number): string {
  if (value >= 10_000) return `${(value / 1000).toFixed(1)} s`;
  if (value >= 100) return `${Math.round(value)} ms`;
  return `${value.toFixed(1)} ms`;
}

/** Green, orange and red as the dashboard has them: to 500 ms, to the slow threshold, above. */
export function pace(value: number, slowFromMs: number): Cell {
  const style = value >= slowFromMs ? 'red' : value >= Math.min(500, slowFromMs) ? 'yellow' : 'green';
  return { text: ms(value), style };
}

export function count(value: number): string {
  return Number.isInteger(value) ? String(value) : value.toFixed(1);
}

export function percent(rate: number): string {
  return `${(rate * 100).toFixed(rate > 0 && rate < 0.01 ? 2 : 1)} %`;
}

/** To the second, in UTC. */
export function moment(iso: string): string {
  return iso.replace('T', ' ').replace(/\.\d+Z$/, '');
}

export function bytes(value: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let amount = value;
  let unit = 0;
  while (amount >= 1000 && unit < units.length - 1) {
    amount /= 1000;
    unit += 1;
  }
  return `${unit === 0 ? amount : amount.toFixed(1)} ${units[unit]}`;
}
