import type { BlockTable } from '../store/store.ts';
import type { DecodeCounts } from './decode-counts.ts';
import type { DecodeSettings } from './decode-settings.ts';
import { type Row, readNativeBlock } from './native-block.fixture.ts';
import { OtlpDecoder, type OtlpSignal } from './otlp-decoder.ts';
import { encodeTraces, type OtlpEncoding, type OtlpSpan, type ResourceSpans } from './otlp-request.fixture.ts';

/** The time that decoding takes for now, unless a test says otherwise, and spans that lie just before it. */
export const NOW_MS = Date.UTC(2026, 0, 15, 12);
const START = BigInt(NOW_MS - 1_000) * 1_000_000n;

export const DECODE_SETTINGS: DecodeSettings = {
  slowRequestThresholdMs: 1_000,
  ignoredPaths: ['/admin', '/static', '/favicon.ico'],
  retentionDays: 7,
  now: () => NOW_MS,
};

/** A valid span: a request of a millisecond, unless `parts` say otherwise. */
export function span(parts: Partial<OtlpSpan> = {}): OtlpSpan {
  return {
    traceId: '0af7651916cd43dd8448eb211c80319c',
    spanId: 'b7ad6b7169203331',
    name: 'GET',
    kind: 2,
    startTimeUnixNano: START,
    endTimeUnixNano: START + 1_000_000n,
    ...parts,
  };
}

export interface DecodedRows {
  readonly spans: Row[];
  readonly request_queries: Row[];
  readonly exceptions: Row[];
  readonly log_exceptions: Row[];
  readonly received: number;
  readonly counts: DecodeCounts;
}

/** Decodes a body and reads the blocks back. */
export function decodeBody(
  body: Uint8Array,
  { signal = 'traces', encoding = 'protobuf', ...settings }: DecodeOptions = {},
): DecodedRows {
  const decoder = new OtlpDecoder({ ...DECODE_SETTINGS, ...settings });
  const { blocks, received, counts } = decoder.decodeAtOnce(signal, encoding, Buffer.from(body));
  const rows: Record<BlockTable, Row[]> = { spans: [], request_queries: [], exceptions: [], log_exceptions: [] };
  for (const { table, bytes } of blocks) rows[table].push(...readNativeBlock(bytes));
  return { ...rows, received, counts };
}

export type DecodeOptions = Partial<DecodeSettings> & {
  readonly signal?: OtlpSignal;
  readonly encoding?: OtlpEncoding;
};

export function decodeGroups(groups: readonly ResourceSpans[], options: DecodeOptions = {}): DecodedRows {
  return decodeBody(encodeTraces(groups, options.encoding ?? 'protobuf'), options);
}

/** Decodes one span of the service `shop` and gives its row of `spans`. */
export function decodeSpan(parts: Partial<OtlpSpan> = {}, options: DecodeOptions = {}): Row {
  const { spans } = decodeGroups([{ resource: { 'service.name': 'shop' }, spans: [span(parts)] }], options);
  const [row] = spans;
  if (row === undefined) throw new Error('the span was rejected');
  return row;
}
