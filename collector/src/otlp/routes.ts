import type { HttpBindings } from '@hono/node-server';
import { type Context, Hono } from 'hono';
import { Counter, type Registry } from 'prom-client';
import type { Ingest } from '../ingest/ingest.ts';
import type { Outcome } from '../ingest/recent-requests.ts';
import { type RequestDigest, RequestDigester } from '../ingest/request-digest.ts';
import type { Log } from '../log.ts';
import { BodyBuffer } from './body-buffer.ts';
import type { DecodeSettings } from './decode-settings.ts';
import { FairShare } from './fair-share.ts';
import { InFlightBytes, type InFlightShare } from './in-flight-bytes.ts';
import { OtlpDecoder, type OtlpEncoding, type OtlpSignal } from './otlp-decoder.ts';
import { type Refusal, RefusalError, refusalOf } from './refusal.ts';
import { AbortedBodyError, discardBody, readBody } from './request-body.ts';
import { CONTENT_TYPE, type RejectedField, statusBody, successBody } from './response-body.ts';
import { senderOf } from './sender.ts';

export interface OtlpRoutesOptions {
  readonly ingest: Pick<Ingest, 'take' | 'fill' | 'ensureRoom'>;
  readonly decodeSettings: DecodeSettings;
  readonly registry: Registry;
  readonly log: Log;
  /** Bytes of one body, both as sent and inflated. @default 64 MiB */
  readonly bodyBytesMax?: number;
  /** Bytes of all bodies that are being received or decoded. @default 128 MiB */
  readonly inFlightBytesMax?: number;
}

const REJECTED_FIELD: Readonly<Record<OtlpSignal | 'metrics', RejectedField>> = {
  traces: 'rejectedSpans',
  logs: 'rejectedLogRecords',
  metrics: 'rejectedDataPoints',
};
/** Before a refusal is answered, what is still read of the body, and for how long. */
const DISCARD_BYTES_MAX = 256 << 20;
const DISCARD_MS_MAX = 10_000;

/**
 * OTLP over HTTP, to be served by `@hono/node-server`: `POST /v1/traces`, `/v1/logs` and, so that an app which sends
 * them is not filled with errors, `/v1/metrics`, which is accepted, counted and not stored.
 */
export function otlpRoutes(options: OtlpRoutesOptions): Hono {
  const { ingest, decodeSettings, registry, log, bodyBytesMax = 64 << 20, inFlightBytesMax = 128 << 20 } = options;
  const decoder = new OtlpDecoder(decodeSettings);
  const inFlight = new InFlightBytes(inFlightBytesMax);
  const fairShare = new FairShare();
  const requests = new Counter({
    name: 'profiler_otlp_requests_total',
    help: 'OTLP requests by what became of them: ok, partial, aborted, or why they were refused',
    labelNames: ['signal', 'encoding', 'outcome'],
    registers: [registry],
  });

  const receive = async (
    c: Context,
    signal: OtlpSignal | 'metrics',
    store: (encoding: OtlpEncoding, body: Buffer, digest: RequestDigest) => Promise<Outcome>,
  ): Promise<Response> => {
    const { incoming } = c.env as HttpBindings;
    const encoding = encodingOf(c.req.header('content-type'));
    const answerEncoding = encoding ?? 'json';
    const answer = (bytes: Buffer, status: 200 | Refusal['httpStatus']) =>
      c.body(new Uint8Array(bytes), status, { 'content-type': CONTENT_TYPE[answerEncoding] });
    const count = (outcome: string) => requests.inc({ signal, encoding: encoding ?? 'unknown', outcome });
    const share = inFlight.share();
    const body = new BodyBuffer(lengthOf(c));
    try {
      if (encoding === undefined) throw new RefusalError('unsupported_type', unsupported('content type'));
      const digester = new RequestDigester(`${signal} ${encoding} ${c.req.header('content-encoding')}`);
      refuseUnread(c, bodyBytesMax);
      if (signal !== 'metrics') ingest.ensureRoom(lengthOf(c));
      await receiveBody(c, bodyBytesMax, share, body, digester);
      const { rejected, message } = await store(encoding, body.bytes(), digester.finish());
      count(rejected === 0 ? 'ok' : 'partial');
      return answer(successBody(encoding, REJECTED_FIELD[signal], rejected, message), 200);
    } catch (error) {
      if (error instanceof AbortedBodyError) {
        count('aborted');
        return c.body(null, 400);
      }
      const refusal = refusalOf(error);
      count(refusal.kind);
      if (refusal.kind === 'failed') log.error(`Cannot take a request for ${signal}`, error);
      if (refusal.retryAfterSeconds !== undefined) c.header('Retry-After', String(refusal.retryAfterSeconds));
      share.release();
      await discardBody(incoming, DISCARD_BYTES_MAX, DISCARD_MS_MAX);
      return answer(statusBody(answerEncoding, refusal.statusCode, refusal.message), refusal.httpStatus);
    } finally {
      body.release();
      share.release();
    }
  };

  const take = (signal: OtlpSignal) => (encoding: OtlpEncoding, body: Buffer, digest: RequestDigest) =>
    ingest.take(digest, () => {
      ingest.ensureRoom(body.length);
      fairShare.admit(senderOf(encoding, body), body.length, ingest.fill());
      return decoder.decode(signal, encoding, body);
    });

  return new Hono()
    .post('/v1/traces', (c) => receive(c, 'traces', take('traces')))
    .post('/v1/logs', (c) => receive(c, 'logs', take('logs')))
    .post('/v1/metrics', (c) => receive(c, 'metrics', async () => ({ rejected: 0, message: '' })));
}

function encodingOf(contentType: string | undefined): OtlpEncoding | undefined {
  const mediaType = contentType?.split(';', 1)[0]?.trim().toLowerCase();
  if (mediaType === CONTENT_TYPE.protobuf) return 'protobuf';
  return mediaType === CONTENT_TYPE.json ? 'json' : undefined;
}

/** As the client says; 0 when it does not. */
function lengthOf(c: Context): number {
  return Number(c.req.header('content-length') ?? 0) || 0;
}

function contentEncodingOf(c: Context): string {
  return c.req.header('content-encoding')?.trim().toLowerCase() ?? 'identity';
}

/** What the headers alone say against a body. */
function refuseUnread(c: Context, bytesMax: number): void {
  if (!['gzip', 'identity', ''].includes(contentEncodingOf(c))) {
    throw new RefusalError('unsupported_encoding', unsupported('content encoding'));
  }
  if (lengthOf(c) > bytesMax) throw new RefusalError('too_large', `body is larger than ${bytesMax} bytes`);
}

async function receiveBody(
  c: Context,
  bytesMax: number,
  share: InFlightShare,
  into: BodyBuffer,
  digester: RequestDigester,
): Promise<void> {
  const onChunk = (chunk: Buffer) => digester.update(chunk);
  const gzip = contentEncodingOf(c) === 'gzip';
  await readBody((c.env as HttpBindings).incoming, { gzip, bytesMax, share, into, onChunk });
}

function unsupported(what: string): string {
  return `unsupported ${what}: send application/x-protobuf or application/json, plain or gzip`;
}
