import { expect, it } from 'vitest';
import { mongodbStatement } from './mongodb-statement.ts';

it.each([
  [{ find: 'lines', filter: { order: 7 } }, '{"find":"lines","filter":{"order":"?"}}'],
  [{ find: 'lines', filter: { order: { $in: [1, 2, 3] } } }, '{"find":"lines","filter":{"order":{"$in":["?"]}}}'],
  [{ find: 'users', sort: new Map([['name', 1]]) }, '{"find":"users","sort":{"name":"?"}}'],
  [{ insert: 'users', documents: [{ name: 'Ada' }, { name: 'Bob' }] }, '{"insert":"users","documents":[{"name":"?"}]}'],
  [{ find: 'users', filter: { find: 'me', at: new Date(0) } }, '{"find":"users","filter":{"find":"?","at":"?"}}'],
])('of %j names the collection and no value', (command, expected) => {
  expect(mongodbStatement(command)).toBe(expected);
});

it('is bounded', () => {
  const fields = Object.fromEntries(Array.from({ length: 2_000 }, (_, at) => [`field${at}`, at]));
  expect(mongodbStatement({ update: 'wide', fields })).toHaveLength(4_096);
});
