import { expect, it } from 'vitest';
import { decodeSpan } from './decoded-rows.fixture.ts';

const DATABASE = { 'db.system.name': 'postgresql', 'db.query.text': 'SELECT 1' };

function exceptionOf(
  exception: Record<string, string>,
  attributes: Record<string, string> = DATABASE,
  message = 'relation "x" does not exist',
): unknown[] {
  const row = decodeSpan({
    kind: 3,
    attributes,
    status: { code: 2, message },
    events: [{ name: 'exception', attributes: exception }],
  });
  return [row.exception_type, row.exception_message];
}

it('puts the type and the message of a driver back', () => {
  const recorded = { 'exception.message': 'PostgreSQL error occurred (code: 42P01)' };
  expect(exceptionOf(recorded)).toEqual(['42P01', 'relation "x" does not exist']);
});

it('keeps the text when the status says nothing', () => {
  const recorded = { 'exception.message': 'PostgreSQL error occurred (code: 42P01)' };
  expect(exceptionOf(recorded, DATABASE, '')).toEqual(['42P01', 'PostgreSQL error occurred (code: 42P01)']);
});

it.each<[why: string, recorded: Record<string, string>, attributes: Record<string, string>]>([
  ['has a type', { 'exception.type': 'Error', 'exception.message': 'failed (code: 42P01)' }, DATABASE],
  ['is of no query', { 'exception.message': 'failed (code: 42P01)' }, {}],
  ['has no code', { 'exception.message': 'failed (code: UNKNOWN)' }, DATABASE],
  ['names no code', { 'exception.message': 'failed' }, DATABASE],
])('leaves an exception alone that %s', (_why, recorded, attributes) => {
  expect(exceptionOf(recorded, attributes)).toEqual([recorded['exception.type'] ?? '', recorded['exception.message']]);
});
