import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { commandText, operationText } from './command-text.ts';

describe('a statement that is no SQL', () => {
  it.each([
    ['redis', 'GET user:42', 'GET user:?'],
    ['redis', 'set session/abc value', 'set session/?'],
    ['redis', 'HGETALL 77', 'HGETALL ?'],
    ['redis', 'hset cart:7 item 3 [2 other arguments]', 'hset cart:?'],
    ['memcached', 'get alice', 'get ?'],
    ['redis', 'PING', 'PING'],
    ['mongodb', '{"find":"users","filter":{"_id":42}}', 'find users {"filter":{"_id":"?"}}'],
    ['mongodb', '{"find":"users","filter":{"name":"x","n":[1,2,3]}}', 'find users {"filter":{"name":"?","n":["?"]}}'],
    [
      'mongodb',
      '{"insert":"users","documents":[{"a":"b \\" c","on":true}]}',
      'insert users {"documents":[{"a":"?","on":"?"}]}',
    ],
    ['mongodb', '{"name":"Ann","age":7}', '{"name":"?","age":"?"}'],
    ['elasticsearch', '{"query":{"term":{"sku":"s1"}}}', '{"query":{"term":{"sku":"?"}}}'],
    ['mongodb', 'find users', 'find users'],
    ['postgresql', "SELECT 'GET user:42'", "SELECT 'GET user:42'"],
  ])('of %s: %s', (system, text, expected) => expect(commandText(text, system)).toBe(expected));

  it('has one shape, which is the shape of itself, whatever the values', () => {
    const value = fc.oneof(fc.integer(), fc.string(), fc.boolean(), fc.constant(null));
    fc.assert(
      fc.property(value, fc.array(value, { minLength: 1 }), (one, several) => {
        const shape = commandText(
          JSON.stringify({ find: 'users', filter: { _id: one, tags: { $in: several } } }),
          'mongodb',
        );
        expect(shape).toBe('find users {"filter":{"_id":"?","tags":{"$in":["?"]}}}');
        expect(commandText(shape, 'mongodb')).toBe(shape);
      }),
    );
  });

  it('is told by its operation and collection, where that says what is asked', () => {
    expect(operationText('dynamodb', 'GetItem', 'posts')).toBe('GetItem posts');
    expect(operationText('dynamodb', 'GetItem', '')).toBe('');
    expect(operationText('redis', 'GET', '')).toBe('GET');
    // Many different queries select from one table.
    expect(operationText('postgresql', 'SELECT', 'orders')).toBe('');
  });
});
