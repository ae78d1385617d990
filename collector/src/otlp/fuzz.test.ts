import { describe, expect, it } from 'vitest';
import { DecodeError } from './decode-error.ts';
import { DECODE_SETTINGS, span } from './decoded-rows.fixture.ts';
import { readNativeBlock } from './native-block.fixture.ts';
import { decodeByOracle } from './oracle.fixture.ts';
import { OtlpDecoder } from './otlp-decoder.ts';
import { encodeTraces, type OtlpEncoding, type ResourceSpans } from './otlp-request.fixture.ts';

const REQUESTS: readonly (readonly ResourceSpans[])[] = [
  [{ resource: { 'service.name': 'shop' }, scope: { name: 'lib' }, spans: [span(), span({ name: 'ä'.repeat(40) })] }],
  [
    {
      resource: { 'service.name': 'shop', 'host.name': 'a' },
      spans: [
        span({
          attributes: {
            'http.target': '/a?b',
            'http.url': 'http://a/b',
            list: { a: [1, { b: 'x' }] },
            d: 0.5,
            big: 2n ** 60n,
          },
          events: [
            { name: 'exception', attributes: { 'exception.type': 'E' } },
            { name: 'x', attributes: { y: true } },
          ],
          links: [{ traceId: 'ab'.repeat(16), spanId: 'cd'.repeat(8), attributes: { l: 1 } }],
          status: { code: 2, message: 'm' },
          flags: 0x301,
        }),
      ],
    },
    {
      resource: {},
      spans: [
        span({
          attributes: {
            'profiler.version': '1',
            'profiler.query.text': ['SELECT 1', 'SELECT 2'],
            'profiler.query.count': [1, 2],
            'profiler.query.call_site': ['a.js:1:f', ''],
            'profiler.exception.type': ['E'],
            'profiler.exception.message': ['m'],
          },
        }),
      ],
    },
  ],
];

/** Deterministic, so that a failure is found again. */
function random(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

function mutate(body: Buffer, next: (below: number) => number): Buffer {
  let mutated = Buffer.from(body);
  for (let rounds = 1 + next(3); rounds > 0; rounds--) {
    const at = next(mutated.length + 1);
    const end = Math.min(mutated.length, at + 1 + next(20));
    switch (next(6)) {
      case 0:
        mutated = mutated.subarray(0, at);
        break;
      case 1:
        if (at < mutated.length) mutated[at] = next(256);
        break;
      case 2:
        if (at < mutated.length) mutated[at]! ^= 1 << next(8);
        break;
      case 3:
        mutated = Buffer.concat([mutated.subarray(0, at), mutated.subarray(end)]);
        break;
      case 4:
        mutated = Buffer.concat([mutated.subarray(0, end), mutated.subarray(at)]);
        break;
      default:
        mutated = Buffer.concat([mutated.subarray(0, at), EXTREMES[next(EXTREMES.length)]!, mutated.subarray(at)]);
    }
  }
  return mutated;
}

const EXTREMES = [
  'ffffffff0f',
  'ffffffffffffffffff01',
  'ff'.repeat(11),
  '0b',
  '0a00',
  '00',
  'f8ffffff0f7f',
  '5b22',
  '7b',
  '22',
].map((hex) => Buffer.from(hex, 'hex'));

describe.each<[OtlpEncoding, number]>([
  ['protobuf', 12_000],
  ['json', 6_000],
])('mutated bodies, %s', (encoding, mutations) => {
  it('decode to well-formed blocks or are refused, and never anything else', () => {
    const decoder = new OtlpDecoder(DECODE_SETTINGS);
    const next = random(20_260_115);
    const bodies = REQUESTS.map((groups) => Buffer.from(encodeTraces(groups, encoding)));
    const outcomes = { accepted: 0, refused: 0 };
    let slowestMs = 0;
    for (let mutation = 0; mutation < mutations; mutation++) {
      const body = mutate(bodies[mutation % bodies.length]!, next);
      const startedAt = process.cpuUsage();
      try {
        const { blocks, received, counts } = decoder.decodeAtOnce('traces', encoding, body);
        const rows = Object.fromEntries(blocks.map(({ table, bytes }) => [table, readNativeBlock(bytes)]));
        for (const { table, rows: count } of blocks) expect(rows[table]).toHaveLength(count);
        expect((rows.spans ?? []).length).toBe(received - counts.rejectedTotal());
        outcomes.accepted++;
      } catch (error) {
        if (!(error instanceof DecodeError))
          throw new Error(`mutation ${mutation}: ${body.toString('hex')}`, { cause: error });
        outcomes.refused++;
      }
      slowestMs = Math.max(slowestMs, process.cpuUsage(startedAt).user / 1_000);
    }
    expect(outcomes.accepted).toBeGreaterThan(mutations / 100);
    expect(outcomes.refused).toBeGreaterThan(mutations / 10);
    expect(slowestMs).toBeLessThan(1_000);
  }, 60_000);
});

it('protobufjs judges mutated bodies the same, but for invalid UTF-8, which is replaced instead', () => {
  const decoder = new OtlpDecoder(DECODE_SETTINGS);
  const next = random(7);
  const bodies = REQUESTS.map((groups) => Buffer.from(encodeTraces(groups, 'protobuf')));
  const judged = new Set<string>();
  for (let mutation = 0; mutation < 3_000; mutation++) {
    const body = mutate(bodies[mutation % bodies.length]!, next);
    const ours = attempt(() => decoder.decodeAtOnce('traces', 'protobuf', body).received);
    const oracle = attempt(() => spansIn(decodeByOracle('ExportTraceServiceRequest', body)));
    if (/not valid for encoding utf-8/.test(String(oracle))) continue;
    expect(typeof ours, `mutation ${mutation}`).toBe(typeof oracle);
    if (typeof ours === 'number') expect(ours).toBe(oracle);
    judged.add(typeof ours);
  }
  expect(judged).toEqual(new Set(['number', 'object']));
}, 60_000);

function spansIn(request: { resourceSpans: { scopeSpans: { spans: unknown[] }[] }[] }): number {
  return request.resourceSpans.flatMap((group) => group.scopeSpans.flatMap(({ spans }) => spans)).length;
}

/** What `work` gives, or the error that it throws. */
function attempt(work: () => number): number | Error {
  try {
    return work();
  } catch (error) {
    return error as Error;
  }
}
