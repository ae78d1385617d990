import { describe, expect, it } from 'vitest';
import { describeDialect } from './dialect-cases.fixture.ts';
import { fingerprint } from './fingerprint.ts';

describeDialect('redis', {
  commands: [
    ['GET user:90210', 'GET ?'],
    ['get user:hush', 'get ?'],
    ['HSET user:90210 name hush', 'HSET ?'],
    ['SET "key" "hush\nGET hush"', 'SET ?'],
    ['PING', 'PING'],
    ['CONFIG GET hush', 'CONFIG GET ?'],
    ['CLIENT LIST', 'CLIENT LIST'],
    ['JSON.SET doc:90210 $ {"a":"hush"}', 'JSON.SET ?'],
    ["EVAL \"return redis.call('get', 'hush')\" 1 hush", 'EVAL ?'],
    ['MULTI\nSET a hush\nEXEC', 'MULTI ?'],
    ['  MGET   a b 90210  ', 'MGET ?'],
    ['', ''],
    ['"hush"', '?'],
  ],
});

describeDialect('memcached', { commands: [['get session:hush', 'get ?']] });

const DOCUMENTS = [
  [
    '{"find":"hush","filter":{"email":"hush","age":{"$gt":90210}},"limit":1}',
    '{"find":?,"filter":{"email":?,"age":{"$gt":?}},"limit":?}',
  ],
  ['{"_id": {"$in": ["hush", "b", 90210]}, "ok": true, "x": null}', '{"_id": {"$in": [?]}, "ok": ?, "x": ?}'],
  ['{"docs":[{"a":"hush","b":1},{"a":"x","b":90210}]}', '{"docs":[{"a":?,"b":?}]}'],
  ['{"query":{"match":{"title" : "hush"}}}', '{"query":{"match":{"title" : ?}}}'],
] as const;

describeDialect('mongodb', {
  documents: [
    ...DOCUMENTS,
    ['{"a\\"b": "hush \\" hush", "c": -9.0210e3}', '{"a\\"b": ?, "c": ?}'],
    ["find {'name': 'hush', 'n': 90210}", "find {'name': ?, 'n': ?}"],
    ['db.users.find({ _id: ObjectId("hush"), a: 90210 })', 'db.users.find({ _id: ObjectId(?), a: ? })'],
    ['[{"$match":{"a":"hush"}},{"$limit":90210}]', '[{"$match":{"a":?}}, {"$limit":?}]'],
  ],
});

describeDialect('elasticsearch', { documents: DOCUMENTS });

describeDialect('', {
  documents: DOCUMENTS,
  'what no dialect decides': [
    ["SELECT 'hush', E'hush\\'s', N'hush', q'[it's hush]', X'90210', $$hush$$", 'SELECT ?, ?, ?, ?, ?, ?'],
    ['SELECT "a" FROM t WHERE b = "hush" AND c IN ("hush", \'x\')', 'SELECT "a" FROM t WHERE b = ? AND c IN (?)'],
    ['SELECT "a" FROM t WHERE b = "hush" AND c IN ("hush", \'x\')', 'SELECT "a" FROM t WHERE b = ? AND c IN (?)'],
    ["SELECT 'it\\'s hush', 'C:\\', a", 'SELECT ?, ?, a'],
    ['SELECT "a", `b`, [c d] FROM t WHERE e IN (90210, ?, :a, @b, %s)', 'SELECT "a", `b`, [c d] FROM t WHERE e IN (?)'],
    ['{call some_procedure(90210)}', '{call some_procedure(?)}'],
    [
      "MATCH (n:Person {name: 'hush'})-[:KNOWS]->(m) RETURN m LIMIT 90210",
      'MATCH (n:Person {name: ?})-[?]->(m) RETURN m LIMIT ?',
    ],
    ['SELECT * FROM {table:Identifier} WHERE id = 90210', 'SELECT * FROM {table:Identifier} WHERE id = ?'],
  ],
});

describeDialect('clickhouse', {
  SQL: [
    [
      "SELECT 'hush\\'s', [1, 90210], toDate('hush') FROM t WHERE a IN ('hush', 'b') # hush",
      'SELECT ?, [?], toDate(?) FROM t WHERE a IN (?)',
    ],
    [
      'SELECT a FROM t WHERE id = {id:UInt64} SETTINGS max_threads = 90210',
      'SELECT a FROM t WHERE id = {id:UInt64} SETTINGS max_threads = ?',
    ],
  ],
});

describe('text that is no text in Unicode', () => {
  it('becomes what it becomes on the wire', () => {
    expect(fingerprint('SELECT a\ud800b', 'postgresql')).toEqual(fingerprint('SELECT a\ufffdb', 'postgresql'));
    expect(fingerprint('GET\udc00', 'redis').text).toBe('?');
  });
});
