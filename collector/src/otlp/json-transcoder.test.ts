import fc from 'fast-check';
import { expect, it } from 'vitest';
import { DecodeError } from './decode-error.ts';
import { Int64 } from './json-number.ts';
import { TRACES_REQUEST } from './json-schema.ts';
import { JsonTranscoder } from './json-transcoder.ts';
import { runAll } from './steps.ts';

const transcoder = new JsonTranscoder();

function isJson(text: string): boolean {
  try {
    runAll(transcoder.transcode(Buffer.from(text), TRACES_REQUEST));
    return true;
  } catch (error) {
    if (error instanceof DecodeError) return false;
    throw error;
  }
}

it('takes for JSON in an unknown member what JSON.parse takes', () => {
  const pieces = fc.constantFrom(...'{}[],:"\\ \t\n0123456789-+.eEu', 'true', 'false', 'null', 'é', '\u0000', '\\n');
  const text = fc.oneof(
    fc.json(),
    fc.array(pieces, { maxLength: 12 }).map((it) => it.join('')),
  );
  const spoilt = fc.tuple(fc.json(), fc.nat(), pieces).map(([json, at, piece]) => {
    const place = at % (json.length + 1);
    return json.slice(0, place) + piece + json.slice(place + 1);
  });
  const seen = new Set<boolean>();
  fc.assert(
    fc.property(fc.oneof(text, spoilt), (value) => {
      const body = `{"unknown":${value}}`;
      let expected = true;
      try {
        JSON.parse(body);
      } catch {
        expected = false;
      }
      seen.add(expected);
      expect(isJson(body)).toBe(expected);
    }),
    { numRuns: 5_000 },
  );
  expect(seen).toEqual(new Set([true, false]));
}, 60_000);

it('reads whole numbers with all 64 bits', () => {
  const int = new Int64();
  const read = (text: string) => {
    if (!int.read(Buffer.from(text), 0, text.length)) return undefined;
    return (BigInt(int.high) << 32n) | BigInt(int.low);
  };
  fc.assert(
    fc.property(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 64n - 1n }), (value) => {
      expect(read(String(value))).toBe(BigInt.asUintN(64, value));
    }),
    { numRuns: 5_000 },
  );
  const edges = [0n, 1n, 10n ** 9n - 1n, 10n ** 9n, 2n ** 32n - 1n, 2n ** 32n, 2n ** 63n, 2n ** 64n - 1n, -(2n ** 63n)];
  for (const edge of edges) expect(read(String(edge))).toBe(BigInt.asUintN(64, edge));
  for (const none of [
    String(2n ** 64n),
    String(-(2n ** 63n) - 1n),
    '99999999999999999999',
    '',
    '-',
    '1x',
    '1-',
    ' 1',
  ]) {
    expect(read(none), none).toBeUndefined();
  }
});
