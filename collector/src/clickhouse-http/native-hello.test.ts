import { expect, it } from 'vitest';
import { driverHello, isDriverHello } from './native-hello.ts';

const HELLO = 'SELECT displayName(), version(), revision(), timezone()';
const search = (query: string) => new URLSearchParams(query);

it('knows the first question of clickhouse-go, and no other', () => {
  const asked = search('default_format=Native&client_protocol_version=54460');
  expect(isDriverHello(HELLO, asked)).toBe(true);
  expect(isDriverHello(`${HELLO} `, asked)).toBe(true);
  expect(isDriverHello('SELECT version()', asked)).toBe(false);
  expect(isDriverHello(HELLO, search('default_format=Native'))).toBe(false);
  expect(isDriverHello(HELLO, search('default_format=TSV&client_protocol_version=54460'))).toBe(false);
});

it("answers with a block of the driver's own revision: head, four columns, one row, revision 0", () => {
  const column = (name: string, type: string, value: readonly number[]) => [
    ...[name.length, ...Buffer.from(name)],
    ...[type.length, ...Buffer.from(type)],
    ...[0, ...value],
  ];
  const text = (value: string) => [value.length, ...Buffer.from(value)];
  expect([...driverHello('26.7.2.1')]).toEqual([
    ...[1, 0, 2, 255, 255, 255, 255, 0, 4, 1],
    ...column('displayName()', 'String', text('profiler')),
    ...column('version()', 'String', text('26.7.2.1')),
    ...column('revision()', 'UInt32', [0, 0, 0, 0]),
    ...column('timezone()', 'String', text('UTC')),
  ]);
});
