import { IngestUnavailableError } from '../ingest/ingest-error.ts';
import { DecodeError } from './decode-error.ts';

/** Why a request is refused before decoding. */
export type RefusalKind = 'too_large' | 'unsupported_type' | 'unsupported_encoding' | 'busy' | 'over_share';

export class RefusalError extends Error {
  readonly kind: RefusalKind;

  constructor(kind: RefusalKind, message: string) {
    super(message);
    this.name = 'RefusalError';
    this.kind = kind;
  }
}

/** How a refused request is answered. */
export interface Refusal {
  readonly kind: RefusalKind | 'malformed' | 'unavailable' | 'failed';
  readonly httpStatus: 400 | 413 | 415 | 429 | 500 | 503;
  /** Of `google.rpc.Code`, for the Status message in the body. */
  readonly statusCode: number;
  readonly message: string;
  /**
   * Seconds after which to send the same request again; undefined: never. JavaScript exporters drop the batch when it is
   * longer than what is left of their ten seconds.
   */
  readonly retryAfterSeconds?: number;
}

const INVALID_ARGUMENT = 3;
const RESOURCE_EXHAUSTED = 8;
const INTERNAL = 13;
const UNAVAILABLE = 14;

/** Retryable or permanent: the one place that decides. */
export function refusalOf(error: unknown): Refusal {
  if (error instanceof DecodeError) {
    return { kind: 'malformed', httpStatus: 400, statusCode: INVALID_ARGUMENT, message: error.message };
  }
  if (error instanceof IngestUnavailableError) {
    const { message } = error;
    return { kind: 'unavailable', httpStatus: 503, statusCode: UNAVAILABLE, message, retryAfterSeconds: 3 };
  }
  if (!(error instanceof RefusalError)) {
    return { kind: 'failed', httpStatus: 500, statusCode: INTERNAL, message: 'the collector failed' };
  }
  const { kind, message } = error;
  switch (kind) {
    case 'too_large':
      return { kind, httpStatus: 413, statusCode: RESOURCE_EXHAUSTED, message };
    case 'unsupported_type':
    case 'unsupported_encoding':
      return { kind, httpStatus: 415, statusCode: INVALID_ARGUMENT, message };
    case 'busy':
      return { kind, httpStatus: 429, statusCode: RESOURCE_EXHAUSTED, message, retryAfterSeconds: 1 };
    case 'over_share':
      return { kind, httpStatus: 429, statusCode: RESOURCE_EXHAUSTED, message, retryAfterSeconds: 3 };
  }
}
