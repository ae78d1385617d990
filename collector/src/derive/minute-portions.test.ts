import { describe, expect, it } from 'vitest';
import { type PortionRows, portionsOf } from './minute-portions.ts';

const M = 1_764_000_000;
const counts = (...rows: [minute: number, service: string, rows: number][]): PortionRows[] =>
  rows.map(([minute, service, count]) => ({ minute: M + minute * 60, service, rows: count }));
const shown = (rows: PortionRows[]) =>
  portionsOf(rows, 100).map(
    ({ minutes, fromService, beforeService }) =>
      `${minutes.map((minute) => (minute - M) / 60).join('+')} [${fromService}, ${beforeService})`,
  );

describe('what one statement computes of changed minutes', () => {
  it('is as many minutes as have few rows together', () => {
    const rows = counts([0, 'a', 30], [0, 'b', 20], [1, 'a', 50], [2, 'a', 1], [3, 'a', 99]);
    expect(shown(rows)).toEqual(['0+1 [, )', '2+3 [, )']);
  });

  it('is minutes near each other, which are read as one range', () => {
    expect(shown(counts([0, 'a', 1], [10, 'a', 1], [21, 'a', 1]))).toEqual(['0+10 [, )', '21 [, )']);
  });

  it('is some of the services of a minute that has many rows, each service whole and none left out', () => {
    const rows = counts(
      [0, 'a', 1],
      [1, '', 60],
      [1, 'a', 60],
      [1, 'b', 30],
      [1, 'big', 500],
      [1, 'c', 1],
      [2, 'a', 1],
    );
    expect(shown(rows)).toEqual(['0 [, )', '1 [, a)', '1 [a, big)', '1 [big, c)', '1 [c, )', '2 [, )']);
  });

  it('is nothing when the minutes have no rows', () => {
    expect(portionsOf([])).toEqual([]);
  });
});
