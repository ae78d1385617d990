import { gzipSync } from 'node:zlib';
import { CONTENT_TYPES, encodeLogs, encodeTraces, type OtlpEncoding, type OtlpSpan } from '../../support/otlp.ts';
import type { Dice } from '../dice.ts';
import type { Ids } from './ids.ts';
import { type EntryTable, instrumentedRequest, type MadeRequest, plainRequest } from './requests.ts';

/** One OTLP request, and what must be found of it when it was acknowledged. */
export interface Body {
  /** Stands as `service.version` on all of it, so that a difference in a rollup tells when the body was made. */
  readonly version: string;
  readonly path: '/v1/traces' | '/v1/logs';
  readonly headers: Readonly<Record<string, string>>;
  readonly bytes: Uint8Array;
  readonly spanIds: readonly string[];
  readonly tables: readonly EntryTable[];
  /** Messages of its log records, each unique. */
  readonly logMessages: readonly string[];
}

export interface BodyOptions {
  readonly dice: Dice;
  readonly ids: Ids;
  readonly version: string;
  /** Now, for the apps; milliseconds since the epoch. */
  readonly nowMs: number;
  /** Whether half of them are packed. @default true */
  readonly gzip?: boolean;
}

const SERVICES = ['shop', 'billing', 'search', 'mail', 'stock', 'reports'] as const;
/** Apps that carry our processor. */
const INSTRUMENTED: ReadonlySet<string> = new Set(['shop', 'stock']);
const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

/**
 * A batch of one app. Most are small, some large; most of their spans are of the last two minutes, some days old, so that
 * one insert touches several partitions. Traces come in one body, or their queries in another than their entry span, or
 * with exceptions as log records behind them: then there are several, to be sent one after the other.
 */
export function makeBodies(options: BodyOptions): Body[] {
  const { dice, ids, nowMs } = options;
  const service = dice.pick(SERVICES);
  const size = dice.chance(0.04) ? 40 + dice.below(160) : 1 + dice.below(10);
  const agesMs = () => dice.between(0, 2 * MINUTE_MS) + (dice.chance(0.1) ? (1 + dice.below(3)) * DAY_MS : 0);
  const requests = Array.from({ length: size }, () => {
    const making = { dice, ids, startNs: BigInt(Math.floor(nowMs - agesMs())) * 1_000_000n + BigInt(dice.below(1e6)) };
    return INSTRUMENTED.has(service) ? instrumentedRequest(making) : plainRequest(making);
  });
  const isSplit = !INSTRUMENTED.has(service) && dice.chance(0.25);
  const bodies = isSplit
    ? [spansBody(options, service, requests, 'children'), spansBody(options, service, requests, 'entries')]
    : [spansBody(options, service, requests, 'all')];
  const inOrder = dice.shuffled(bodies);
  // Last, because derivation waits for the span of a log record no longer than half a minute.
  return dice.chance(0.15) ? [...inOrder, logsBody(options, service, requests)] : inOrder;
}

function spansBody(
  options: BodyOptions,
  service: string,
  requests: readonly MadeRequest[],
  part: 'all' | 'children' | 'entries',
): Body {
  const spans: OtlpSpan[] = requests.flatMap(({ entry, children }) =>
    part === 'all' ? [...children, entry] : part === 'children' ? children : [entry],
  );
  const encoding = options.dice.pick<OtlpEncoding>(['protobuf', 'protobuf', 'json']);
  const scope = { name: 'chaos', version: '1' };
  return {
    ...packed(options, encoding, encodeTraces([{ resource: resource(options, service), scope, spans }], encoding)),
    path: '/v1/traces',
    spanIds: spans.map(({ spanId }) => spanId),
    tables: part === 'children' ? [] : requests.flatMap(({ table }) => table ?? []),
    logMessages: [],
  };
}

function logsBody(options: BodyOptions, service: string, requests: readonly MadeRequest[]): Body {
  const { dice, ids } = options;
  const chosen = requests.filter(() => dice.chance(0.5)).concat(requests[0]!);
  const logMessages = chosen.map(() => `log record ${ids.span()}`);
  const logRecords = chosen.map(({ entry, children }, index) => ({
    timeUnixNano: entry.startTimeUnixNano,
    severityNumber: 17,
    body: 'failed',
    traceId: entry.traceId,
    spanId: (children[0] ?? entry).spanId,
    attributes: { 'exception.type': 'LoggedError', 'exception.message': logMessages[index]! },
  }));
  const encoding = dice.pick<OtlpEncoding>(['protobuf', 'json']);
  const scope = { name: 'chaos-log' };
  return {
    ...packed(options, encoding, encodeLogs([{ resource: resource(options, service), scope, logRecords }], encoding)),
    path: '/v1/logs',
    spanIds: [],
    tables: [],
    logMessages,
  };
}

function resource({ version, dice }: BodyOptions, service: string) {
  return {
    'service.name': service,
    'service.version': version,
    'deployment.environment.name': dice.pick(['production', 'production', 'staging']),
    'host.name': 'chaos',
  };
}

function packed({ dice, version, gzip = true }: BodyOptions, encoding: OtlpEncoding, plain: Uint8Array) {
  const headers = { 'content-type': CONTENT_TYPES[encoding] };
  if (!gzip || dice.chance(0.5)) return { version, headers, bytes: plain };
  return { version, headers: { ...headers, 'content-encoding': 'gzip' }, bytes: gzipSync(plain, { level: 1 }) };
}
