import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { normalizeMessage } from './normalize-message.ts';

describe('a normalised message', () => {
  it.each([
    ["Order 17 of 'Ann' failed", 'Order ? of ? failed'],
    ["Cannot read properties of undefined (reading 'id')", 'Cannot read properties of undefined (reading ?)'],
    ["can't find user, don't know why", "can't find user, don't know why"],
    ['Key (email)=(ann@example.org) already exists.', 'Key (email)=(?) already exists.'],
    ['relation "users" does not exist', 'relation ? does not exist'],
    ['no mail for ann.b@example.org today', 'no mail for ? today'],
    ['job 6f1ed002-ab5e-4f3b-9a1c-0242ac120002 is gone', 'job ? is gone'],
    ['commit deadbeef01 at 0xFF', 'commit ? at ?'],
    ['connect ECONNREFUSED 127.0.0.1:5432', 'connect ECONNREFUSED ?:?'],
    ['first line\n   second line', 'first line second line'],
    ['', ''],
  ])('%s', (message, expected) => expect(normalizeMessage(message)).toBe(expected));

  it('is bounded and has no digits', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ maxLength: 700 }), fc.string({ unit: 'binary' })), (message) => {
        const once = normalizeMessage(message);
        expect(once.length).toBeLessThanOrEqual(500);
        expect(once).not.toMatch(/[0-9]/);
      }),
    );
  });

  it('is the same when normalised again', () => {
    const part = fc.constantFrom(
      "'",
      '"',
      '`',
      '=(',
      ')',
      ' ',
      'a',
      '7',
      '\n',
      '@',
      '.',
      'deadbeef',
      '?',
      '-',
      'x'.repeat(200),
    );
    fc.assert(
      fc.property(fc.array(part, { maxLength: 20 }), (parts) => {
        const once = normalizeMessage(parts.join(''));
        expect(normalizeMessage(once)).toBe(once);
      }),
      { numRuns: 5_000 },
    );
  });

  it.each(["'", '"', '`', 'a@', '0x', '=(', 'deadbeef-', '1.', ' '])('takes linear time on many %j', (part) => {
    const startedAt = performance.now();
    normalizeMessage(part.repeat(200_000));
    expect(performance.now() - startedAt).toBeLessThan(500);
  });
});
