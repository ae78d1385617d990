import type { HttpBindings } from '@hono/node-server';
import { type Context, Hono } from 'hono';
import { Counter, type Registry } from 'prom-client';
import type { Ingest } from '../ingest/ingest.ts';
import type { Log } from '../log.ts';
import type { DecodeSettings } from './decode-settings.ts';
import { InFlightBytes, type InFlightShare } from './in-flight-bytes.ts';
import { OtlpDecoder, type OtlpEncoding, type OtlpSignal } from './otlp-decoder.ts';
import { type Refusal, RefusalError, refusalOf } from './refusal.ts';
import { rejectionMessage } from './rejection-message.ts';
import { AbortedBodyError, discardBody, readBody } from './request-body.ts';
import { CONTENT_TYPE, type RejectedField, statusBody, successBody } from './response-body.ts';

export interface OtlpRoutesOptions {
  readonly ingest: Pick<Ingest, 'accept'>;
  readonly decodeSettings: DecodeSettings;
  readonly registry: Registry;
  readonly log: Log;
  /** Bytes of one body, both as sent and inflated. @default 64 MiB */
  readonly bodyBytesMax?: number;
  /** Bytes of all bodies that are being received or decoded. @default 256 MiB */
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
  const { ingest, decodeSettings, registry, log, bodyBytesMax = 64 << 20, inFlightBytesMax = 256 << 20 } = options;
  const decoder = new OtlpDecoder(decodeSettings);
  const inFlight = new InFlightBytes(inFlightBytesMax);
  const requests = new Counter({
    name: 'profiler_otlp_requests_total',
    help: 'OTLP requests by what became of them: ok, partial, aborted, or why they were refused',
    labelNames: ['signal', 'encoding', 'outcome'],
    registers: [registry],
  });

  const receive = async (
    c: Context,
    signal: OtlpSignal | 'metrics',
    store: (encoding: OtlpEncoding, body: Buffer) => Promise<{ rejected: number; message: string }>,
  ): Promise<Response> => {
    const { incoming } = c.env as HttpBindings;
    const encoding = encodingOf(c.req.header('content-type'));
    const answerEncoding = encoding ?? 'json';
    const answer = (body: Buffer, status: 200 | Refusal['httpStatus']) =>
      c.body(new Uint8Array(body), status, { 'content-type': CONTENT_TYPE[answerEncoding] });
    const count = (outcome: string) => requests.inc({ signal, encoding: encoding ?? 'unknown', outcome });
    const share = inFlight.share();
    try {
      if (encoding === undefined) throw new RefusalError('unsupported_type', unsupported('content type'));
      const body = await receiveBody(c, bodyBytesMax, share);
      const { rejected, message } = await store(encoding, body);
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
      share.release();
    }
  };

  const decodeAndAccept = async (signal: OtlpSignal, encoding: OtlpEncoding, body: Buffer) => {
    const decoded = await decoder.decode(signal, encoding, body);
    await ingest.accept(decoded);
    return { rejected: decoded.counts.rejectedTotal(), message: rejectionMessage(decoded.counts) };
  };

  return new Hono()
    .post('/v1/traces', (c) => receive(c, 'traces', (encoding, body) => decodeAndAccept('traces', encoding, body)))
    .post('/v1/logs', (c) => receive(c, 'logs', (encoding, body) => decodeAndAccept('logs', encoding, body)))
    .post('/v1/metrics', (c) => receive(c, 'metrics', async () => ({ rejected: 0, message: '' })));
}

function encodingOf(contentType: string | undefined): OtlpEncoding | undefined {
  const mediaType = contentType?.split(';', 1)[0]?.trim().toLowerCase();
  if (mediaType === CONTENT_TYPE.protobuf) return 'protobuf';
  return mediaType === CONTENT_TYPE.json ? 'json' : undefined;
}

async function receiveBody(c: Context, bytesMax: number, share: InFlightShare): Promise<Buffer> {
  const contentEncoding = c.req.header('content-encoding')?.trim().toLowerCase() ?? 'identity';
  if (contentEncoding !== 'gzip' && contentEncoding !== 'identity' && contentEncoding !== '') {
    throw new RefusalError('unsupported_encoding', unsupported('content encoding'));
  }
  if (Number(c.req.header('content-length') ?? 0) > bytesMax) {
    throw new RefusalError('too_large', `body is larger than ${bytesMax} bytes`);
  }
  return readBody((c.env as HttpBindings).incoming, { gzip: contentEncoding === 'gzip', bytesMax, share });
}

function unsupported(what: string): string {
  return `unsupported ${what}: send application/x-protobuf or application/json, plain or gzip`;
}
