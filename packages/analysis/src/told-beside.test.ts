import { expect, it } from 'vitest';
import { type PlacedCalls, toldBeside } from './told-beside.ts';

function row(text: string, calls: number, more: Partial<PlacedCalls> = {}): PlacedCalls {
  return { system: 'mongodb', place: 'GET /orders', text, summarised: !text.startsWith('{'), calls, ...more };
}
const told = (...rows: PlacedCalls[]) => [...toldBeside(rows)].map(({ text }) => text);

const LINES = '{"find":"lines","filter":{"order":"?"}}';

it('an ORM’s calls are told by its driver, under whatever operation, by collection', () => {
  expect(told(row('findOne lines', 7), row('find orders', 1), row(LINES, 7))).toEqual(['findOne lines']);
  expect(told(row('findOne lines', 4), row('find lines', 3), row(LINES, 7))).toEqual(['findOne lines', 'find lines']);
});

it('a driver that tells of fewer calls, elsewhere, or of another system tells of others', () => {
  expect(told(row('find lines', 7), row(LINES, 6))).toEqual([]);
  expect(told(row('find lines', 7), row(LINES, 7, { place: 'GET /carts' }))).toEqual([]);
  expect(told(row('GET', 7, { system: 'redis' }), row('{"GET":"lines"}', 7, { system: 'redis' }))).toEqual([]);
  expect(told(row('find lines', 7))).toEqual([]);
});

it('a driver that does not name the collection tells of all at its place, or of none', () => {
  const anonymous = '{"find":"?","filter":{"order":"?"}}';
  const orm = [row('find lines', 7), row('find orders', 1)];
  expect(told(...orm, row(anonymous, 8))).toEqual(['find lines', 'find orders']);
  expect(told(...orm, row(anonymous, 7))).toEqual([]);
});
