import { describe, expect, it } from 'vitest';
import type { BlockTable } from '../store/store.ts';
import { DecodeError } from './decode-error.ts';
import type { Decoded } from './decoded.ts';
import { DECODE_SETTINGS, span } from './decoded-rows.fixture.ts';
import { HOSTILE_BODIES } from './hostile-bodies.fixture.ts';
import { BLOCK_BYTES_MAX, BLOCK_ROWS_MAX } from './limits.ts';
import { longestGap } from './longest-gap.fixture.ts';
import { type Row, readNativeBlock } from './native-block.fixture.ts';
import { OtlpDecoder, type OtlpEncoding } from './otlp-decoder.ts';
import { encodeTraces } from './otlp-request.fixture.ts';
import { RefusalError } from './refusal.ts';

const MIB = 2 ** 20;
/** On a quiet machine, with the code warm, 10 to 30; what takes longest would take 200 and more at once. */
const GAP_MS_MAX = 100;

/** Three services, queries and exceptions of an app with our processor among them. */
function largeBody(encoding: OtlpEncoding, spansPerService = 9_000): Buffer {
  const groups = ['a', 'b', 'c'].map((service) => ({
    resource: { 'service.name': service, 'host.name': 'web-1' },
    scope: { name: `scope of ${service}` },
    spans: Array.from({ length: spansPerService }, (_, index) =>
      span({
        spanId: (index + 1).toString(16).padStart(16, '0'),
        name: `span ${index}`,
        attributes: {
          index,
          ...(index % 100 === 0 && {
            'profiler.version': '1',
            'profiler.query.text': ['SELECT 1', `SELECT a FROM t${index}`],
            'profiler.query.count': [1, index + 1],
            'profiler.exception.type': ['E'],
          }),
        },
      }),
    ),
  }));
  return Buffer.from(encodeTraces(groups, encoding));
}

function rowsOf({ blocks }: Decoded): Record<BlockTable, Row[]> {
  const rows: Record<BlockTable, Row[]> = { spans: [], request_queries: [], exceptions: [], log_exceptions: [] };
  for (const { table, bytes } of blocks) rows[table].push(...readNativeBlock(bytes));
  return rows;
}

describe.each<OtlpEncoding>(['protobuf', 'json'])('a large body, %s', (encoding) => {
  it('becomes the rows of its parts, in several blocks of bounded size', async () => {
    const decoder = new OtlpDecoder(DECODE_SETTINGS);
    const body = largeBody(encoding);
    expect(body.length).toBeGreaterThan(MIB);
    const decoded = await decoder.decode('traces', encoding, body);
    expect(decoded.received).toBe(27_000);
    expect(decoded.blocks.filter(({ table }) => table === 'spans').length).toBeGreaterThan(1);
    for (const { rows, bytes } of decoded.blocks) {
      expect(rows).toBeLessThanOrEqual(BLOCK_ROWS_MAX);
      expect(bytes.length).toBeLessThan(1.5 * BLOCK_BYTES_MAX);
    }
    const { spans, request_queries: queries, exceptions } = rowsOf(decoded);
    for (const [index, row] of spans.entries()) {
      const service = 'abc'[Math.floor(index / 9_000)]!;
      expect([row.service, row.scope, row.name, row.resource]).toEqual([
        service,
        `scope of ${service}`,
        `span ${index % 9_000}`,
        { 'service.name': service, 'host.name': 'web-1' },
      ]);
    }
    expect([spans.length, queries.length, exceptions.length]).toEqual([27_000, 540, 270]);
  }, 30_000);

  it('leaves nothing behind when it is refused at its very end', async () => {
    const decoder = new OtlpDecoder(DECODE_SETTINGS);
    const body = largeBody(encoding);
    const refused = decoder.decode('traces', encoding, body.subarray(0, -1));
    const accepted = decoder.decode('traces', encoding, body);
    await expect(refused).rejects.toThrow(DecodeError);
    expect((await accepted).received).toBe(27_000);
  }, 30_000);

  it('lets small bodies pass', async () => {
    const decoder = new OtlpDecoder(DECODE_SETTINGS);
    const small = Buffer.from(encodeTraces([{ resource: { 'service.name': 'small' }, spans: [span()] }], encoding));
    let isThrough = false;
    const large = Promise.resolve(decoder.decode('traces', encoding, largeBody(encoding))).finally(() => {
      isThrough = true;
    });
    let between = 0;
    while (!isThrough) {
      await new Promise(setImmediate);
      expect(rowsOf(decoder.decode('traces', encoding, small) as Decoded).spans[0]!.service).toBe('small');
      between++;
    }
    expect(between).toBeGreaterThan(3);
    expect((await large).received).toBe(27_000);
  }, 30_000);
});

it('large bodies wait in a bounded queue', async () => {
  const decoder = new OtlpDecoder(DECODE_SETTINGS);
  const body = Buffer.alloc(MIB + 1, ' ');
  const waiting: Promise<unknown>[] = [];
  expect(() => {
    for (let count = 0; count < 1_000; count++) {
      waiting.push(Promise.resolve(decoder.decode('traces', 'json', body)).catch(() => {}));
    }
  }).toThrow(RefusalError);
  await Promise.all(waiting);
  expect(() => decoder.decode('traces', 'json', body)).not.toThrow();
});

describe('the event loop turns while is decoded', () => {
  it.each(HOSTILE_BODIES.map((hostile) => [`${hostile.encoding}, ${hostile.name}`, hostile] as const))(
    '%s',
    async (_, { encoding, build, isValid }) => {
      const decoder = new OtlpDecoder({ ...DECODE_SETTINGS, now: Date.now });
      const body = build(3 * MIB);
      const { gapMs, ms, result } = await longestGap(async () => decoder.decode('traces', encoding, body));
      if (isValid) expect(result).toMatchObject({ signal: 'traces' });
      else expect(result).toBeInstanceOf(DecodeError);
      expect(gapMs, `of ${ms} ms`).toBeLessThan(GAP_MS_MAX);
    },
    30_000,
  );
});
