/**
 * One notification to one receiver, until it answers 2xx, refuses for good, or the retries are used up. A failure is
 * retryable (no answer, 408, 429, 5xx) or permanent (any other answer). Failures are described without the URL.
 */
import pRetry, { AbortError } from 'p-retry';
import type { Target } from './target.ts';

export interface DeliveryLimits {
  /** The receiver must have answered by then, in milliseconds. @default 10_000 */
  readonly timeoutMs: number;
  /** Attempts after the first. @default 8 */
  readonly retries: number;
  /** Wait before the first retry, doubled for each further one, in milliseconds. @default 1000 */
  readonly backoffMs: number;
  /** Longest wait between two attempts, also when the receiver asks for a longer one, in milliseconds. @default 60_000 */
  readonly backoffMsMax: number;
}

/** About three minutes in all. */
export const DELIVERY_LIMITS: DeliveryLimits = {
  timeoutMs: 10_000,
  retries: 8,
  backoffMs: 1000,
  backoffMsMax: 60_000,
};

export type Delivery =
  | { readonly outcome: 'sent'; readonly attempts: number }
  | { readonly outcome: 'failed'; readonly attempts: number; readonly reason: string }
  /** A signal came first: whether the receiver has it is not known. */
  | { readonly outcome: 'interrupted'; readonly attempts: number };

export interface DeliverySignals {
  /** No further attempt; one that is under way may end. */
  readonly stop: AbortSignal;
  /** Gives up the attempt that is under way, too. */
  readonly abandon: AbortSignal;
}

/** What the receiver answered, or why it did not; `retryAfterMs` is 0 unless it said. */
class DeliveryError extends Error {
  readonly retryAfterMs: number;

  constructor(message: string, retryAfterMs = 0) {
    super(message);
    this.name = 'DeliveryError';
    this.retryAfterMs = retryAfterMs;
  }
}

export async function deliver(
  target: Target,
  body: string,
  idempotencyKey: string,
  limits: DeliveryLimits,
  { stop, abandon }: DeliverySignals,
): Promise<Delivery> {
  let attempts = 0;
  let sent = false;
  try {
    await pRetry(
      async () => {
        attempts++;
        await post(target, body, idempotencyKey, limits.timeoutMs, abandon);
        sent = true;
      },
      {
        retries: limits.retries,
        minTimeout: limits.backoffMs,
        maxTimeout: limits.backoffMsMax,
        signal: stop,
        unref: true,
        onFailedAttempt: ({ error, retriesLeft }) => {
          const retryAfterMs = error instanceof DeliveryError ? error.retryAfterMs : 0;
          if (retriesLeft > 0) return waitMs(Math.min(retryAfterMs, limits.backoffMsMax), stop);
        },
      },
    );
    return { outcome: 'sent', attempts };
  } catch (error) {
    if (sent) return { outcome: 'sent', attempts };
    if (stop.aborted) return { outcome: 'interrupted', attempts };
    return { outcome: 'failed', attempts, reason: error instanceof DeliveryError ? error.message : 'unknown error' };
  }
}

async function post(target: Target, body: string, idempotencyKey: string, timeoutMs: number, signal: AbortSignal) {
  const response = await fetch(target.url, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'user-agent': 'profiler',
      'idempotency-key': idempotencyKey,
      ...target.headers,
    },
    body,
    // A redirected POST would arrive as a GET without its body.
    redirect: 'manual',
    signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
  }).catch((error: unknown) => {
    throw new DeliveryError(unansweredReason(error, timeoutMs));
  });
  await response.body?.cancel().catch(() => {});
  if (response.ok) return;
  const { status } = response;
  const failure = new DeliveryError(`HTTP ${status}`, retryAfterMs(response.headers.get('retry-after')));
  throw status >= 500 || status === 408 || status === 429 ? failure : new AbortError(failure);
}

/** Names the error by its code: messages may carry the URL. */
function unansweredReason(error: unknown, timeoutMs: number): string {
  if (error instanceof DOMException && error.name === 'TimeoutError') return `no answer within ${timeoutMs} ms`;
  const cause = error instanceof Error ? error.cause : undefined;
  const code = typeof cause === 'object' && cause !== null && 'code' in cause ? cause.code : undefined;
  return typeof code === 'string' ? `no answer: ${code}` : 'no answer';
}

/** Whole seconds only; a date is taken as nothing said. */
function retryAfterMs(header: string | null): number {
  return header !== null && /^\d{1,6}(\.\d+)?$/.test(header) ? Number(header) * 1000 : 0;
}

function waitMs(durationMs: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (durationMs <= 0 || signal.aborted) return resolve();
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, durationMs);
    timer.unref();
    signal.addEventListener('abort', done);
  });
}
