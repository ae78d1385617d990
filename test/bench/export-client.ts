import { Agent, request } from 'node:http';
import { CONTENT_TYPES, type OtlpEncoding } from '../support/otlp.ts';

/** What came of one sent body. */
export interface ExportAnswer {
  /** 0 when the connection broke or no answer came in time: whether the spans were taken is then unknown. */
  readonly status: number;
  /** Seconds of `Retry-After`. */
  readonly retryAfterSeconds: number | undefined;
  /** Spans refused one by one, of a body that was taken. */
  readonly rejectedSpans: number;
  readonly latencyMs: number;
}

/** As long as SDKs wait. */
const TIMEOUT_MS = 10_000;
const ANSWER_BYTES_MAX = 64 << 10;

/** Sends bodies to `/v1/traces` over connections that stay open. */
export class ExportClient {
  private readonly url: URL;
  private readonly agent: Agent;
  private readonly encoding: OtlpEncoding;
  private readonly headers: Readonly<Record<string, string>>;

  constructor(options: { url: string; encoding: OtlpEncoding; gzip: boolean; connections: number }) {
    this.url = new URL('/v1/traces', options.url);
    this.encoding = options.encoding;
    this.agent = new Agent({ keepAlive: true, maxSockets: options.connections, scheduling: 'fifo' });
    this.headers = {
      'content-type': CONTENT_TYPES[options.encoding],
      ...(options.gzip && { 'content-encoding': 'gzip' }),
    };
  }

  /** Never throws. The bytes are free for other use once it has resolved. */
  send(bytes: Buffer): Promise<ExportAnswer> {
    const sentAt = performance.now();
    return new Promise((resolve) => {
      const finish = (answer: Omit<ExportAnswer, 'latencyMs'>) =>
        resolve({ ...answer, latencyMs: performance.now() - sentAt });
      const outgoing = request(this.url, {
        method: 'POST',
        agent: this.agent,
        headers: { ...this.headers, 'content-length': bytes.length },
        timeout: TIMEOUT_MS,
      });
      const fail = () => {
        outgoing.destroy();
        finish({ status: 0, retryAfterSeconds: undefined, rejectedSpans: 0 });
      };
      outgoing.on('timeout', fail).on('error', fail);
      outgoing.on('response', (response) => {
        const chunks: Buffer[] = [];
        let length = 0;
        response.on('data', (chunk: Buffer) => {
          length += chunk.length;
          if (length <= ANSWER_BYTES_MAX) chunks.push(chunk);
        });
        response.on('error', fail);
        response.on('end', () => {
          const status = response.statusCode ?? 0;
          const retryAfterSeconds = seconds(response.headers['retry-after']);
          const rejectedSpans = status === 200 ? rejectedSpansOf(Buffer.concat(chunks), this.encoding) : 0;
          const answered = () => finish({ status, retryAfterSeconds, rejectedSpans });
          // An early refusal may come while the body is still being written.
          if (outgoing.writableFinished) answered();
          else outgoing.once('close', answered);
        });
      });
      outgoing.end(bytes);
    });
  }

  close(): void {
    this.agent.destroy();
  }
}

function seconds(header: string | undefined): number | undefined {
  return header !== undefined && /^\d+$/.test(header) ? Number(header) : undefined;
}

/** `partial_success.rejected_spans` of an ExportTraceServiceResponse, which is empty when all were taken. */
export function rejectedSpansOf(answer: Buffer, encoding: OtlpEncoding): number {
  if (answer.length === 0) return 0;
  if (encoding === 'json') {
    const { partialSuccess } = JSON.parse(answer.toString()) as {
      partialSuccess?: { rejectedSpans?: string | number };
    };
    return Number(partialSuccess?.rejectedSpans ?? 0);
  }
  // Field 1 is a message whose field 1, first where it is there at all, is the number.
  let at = 0;
  const varint = () => {
    let value = 0;
    for (let factor = 1; at < answer.length; factor *= 128) {
      const byte = answer[at++]!;
      value += (byte & 127) * factor;
      if (byte < 128) break;
    }
    return value;
  };
  if (varint() !== 0x0a || varint() === 0 || varint() !== 0x08) return 0;
  return varint();
}
