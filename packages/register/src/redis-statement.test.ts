import { expect, it } from 'vitest';
import { redisStatement } from './redis-statement.ts';

it.each([
  ['get', ['user:4711:cart'], 'get user:?'],
  ['get', [Buffer.from('session:af09')], 'get session:?'],
  ['set', ['page/index.html', 'a body'], 'set page/?'],
  ['get', ['4711'], 'get ?'],
  ['get', ['af09c2:4711'], 'get ?'],
  ['get', ['alice'], 'get ?'],
  ['hset', ['cart', 'price', '12'], 'hset ?'],
  ['incrby', [7], 'incrby ?'],
  ['ping', [], 'ping'],
])('%s %j is the statement %s', (command, args, expected) => {
  expect(redisStatement(command, args)).toBe(expected);
});
