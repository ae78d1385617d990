// Asks the collector's API. Whatever goes wrong becomes one of three reasons, because a page says a different thing for each.

import type { ApiError } from '@profiler/collector/api-types';

/**
 * `unreachable`: nobody answered, it may come back. `refused`: the collector wants a token or another host name.
 * `failed`: it answered with an error.
 */
export type FailureReason = 'unreachable' | 'refused' | 'failed';

export class RequestFailure extends Error {
  readonly reason: FailureReason;
  readonly status: number;

  constructor(reason: FailureReason, status: number, message: string) {
    super(message);
    this.reason = reason;
    this.status = status;
  }
}

const TIMEOUT_MS = 20_000;

/**
 * The text of a JSON answer, unparsed, so that an answer equal to the last one is known without looking into it.
 * @throws RequestFailure, or an AbortError when `signal` fires
 */
export async function request(url: string, init: RequestInit = {}): Promise<string> {
  const timeout = AbortSignal.timeout(TIMEOUT_MS);
  const signal = init.signal ? AbortSignal.any([init.signal, timeout]) : timeout;
  let response: Response;
  let text: string;
  try {
    response = await fetch(url, { ...init, signal, headers: { accept: 'application/json', ...init.headers } });
    text = await response.text();
  } catch (error) {
    if (init.signal?.aborted) throw error;
    throw new RequestFailure('unreachable', 0, 'No answer from the collector');
  }
  if (response.ok) return text;
  throw new RequestFailure(failureReason(response.status), response.status, failureMessage(response.status, text));
}

/** A gateway's 502 and 504 stand for a collector that is away; 503 is the collector itself, starting or full. */
export function failureReason(status: number): FailureReason {
  if (status === 401 || status === 403 || status === 421) return 'refused';
  if (status === 502 || status === 503 || status === 504) return 'unreachable';
  return 'failed';
}

/** What the collector says is wrong, with the parameters that it names; the bare status when the answer is not its own. */
export function failureMessage(status: number, body: string): string {
  try {
    const { error, parameters } = JSON.parse(body) as Partial<ApiError>;
    if (typeof error !== 'string' || error === '') return `The collector answered ${status}`;
    return [error, ...(parameters ?? []).map(({ name, message }) => `${name}: ${message}`)].join('\n');
  } catch {
    return `The collector answered ${status}`;
  }
}
