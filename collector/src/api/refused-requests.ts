/**
 * Remembers the last request to `/v1/...` that was refused, for whoever asks why nothing arrives. The body is not kept:
 * what is wrong with it stands in the answer, which is read here.
 */
import type { MiddlewareHandler } from 'hono';
import type { RefusedRequest } from './types.ts';

const TEXT_CHARS_MAX = 300;

export class RefusedRequests {
  last: RefusedRequest | null = null;

  /** Costs an accepted request one comparison. */
  readonly note: MiddlewareHandler = async (c, next) => {
    await next();
    const { status } = c.res;
    if (status < 400) return;
    const length = Number(c.req.header('content-length'));
    this.last = {
      at: new Date().toISOString(),
      path: cut(c.req.path),
      status,
      message: refusalMessage(new Uint8Array(await c.res.clone().arrayBuffer())),
      contentType: cut(c.req.header('content-type') ?? ''),
      userAgent: cut(c.req.header('user-agent') ?? ''),
      bytes: Number.isFinite(length) ? length : null,
    };
  };
}

/** The message of a `google.rpc.Status`, or of our own error, as JSON or protobuf; `''` when the answer says nothing. */
export function refusalMessage(body: Uint8Array): string {
  const text = Buffer.from(body).toString('utf8');
  if (text.startsWith('{')) {
    try {
      const { message, error } = JSON.parse(text) as { message?: unknown; error?: unknown };
      return cut(String(message ?? error ?? ''));
    } catch {
      return '';
    }
  }
  return cut(protobufMessage(body));
}

const MESSAGE_FIELD = 0x12;

/** Field 2 of a Status; field 1, a code below 128, may stand before it. */
function protobufMessage(body: Uint8Array): string {
  let at = body[0] === 0x08 ? 2 : 0;
  if (body[at++] !== MESSAGE_FIELD) return '';
  let length = 0;
  for (let shift = 0; shift <= 14; shift += 7) {
    const byte = body[at++] ?? 0;
    length |= (byte & 0x7f) << shift;
    if (byte < 0x80) break;
  }
  return Buffer.from(body.subarray(at, at + length)).toString('utf8');
}

function cut(text: string): string {
  return text.length <= TEXT_CHARS_MAX ? text : `${text.slice(0, TEXT_CHARS_MAX - 1)}…`;
}
