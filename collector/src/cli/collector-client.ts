/** Asks a running collector. Whatever goes wrong is one line that says what to do next. */
import type { ApiError } from '../api/types.ts';
import { CliError, EXIT } from './exit-code.ts';

export interface CollectorAddress {
  readonly url: string;
  readonly authToken?: string | undefined;
}

export type Query = Readonly<Record<string, string | undefined>>;

const TIMEOUT_MS = 60_000;

export class CollectorClient {
  readonly url: string;
  readonly #headers: Record<string, string>;

  constructor({ url, authToken }: CollectorAddress) {
    if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol)) {
      throw new CliError(`--url must be an address as in http://localhost:4318, not "${url}"`, EXIT.usage);
    }
    this.url = url.replace(/\/+$/, '');
    this.#headers = authToken === undefined ? {} : { authorization: `Bearer ${authToken}` };
  }

  get<Answer>(path: string, query: Query = {}): Promise<Answer> {
    const present = Object.entries(query).filter((pair): pair is [string, string] => pair[1] !== undefined);
    const search = new URLSearchParams(present).toString();
    return this.#ask(`/api/v1${path}${search === '' ? '' : `?${search}`}`, { method: 'GET' });
  }

  post<Answer>(path: string, body?: unknown): Promise<Answer> {
    return this.#ask(`/api/v1${path}`, { method: 'POST', ...(body !== undefined && { body: JSON.stringify(body) }) });
  }

  /** Any route; the status decides nothing. Fails only when nobody answers. */
  async fetch(path: string, init: RequestInit = {}): Promise<Response> {
    const headers = {
      'content-type': 'application/json',
      ...this.#headers,
      ...(init.headers as Record<string, string>),
    };
    try {
      return await fetch(this.url + path, { ...init, headers, signal: AbortSignal.timeout(TIMEOUT_MS) });
    } catch (cause) {
      throw new CliError(`no collector answers at ${this.url} (${reason(cause)}); start one with: profiler start`);
    }
  }

  async #ask<Answer>(path: string, init: RequestInit): Promise<Answer> {
    const response = await this.fetch(path, init);
    const text = await response.text();
    const answer = parse(text);
    if (answer === undefined) {
      throw new CliError(`${this.url} answers, but is no collector (status ${response.status}); see --url`);
    }
    if (response.ok) return answer as Answer;
    const { error, parameters = [] } = answer as ApiError;
    const details = parameters.map(({ name, message }) => `--${name}: ${message}`).join('; ');
    if (response.status === 401)
      throw new CliError('the collector asks for a token: set --auth-token or PROFILER_AUTH_TOKEN');
    throw new CliError(
      details || error || `the collector answered ${response.status}`,
      response.status === 400 ? EXIT.usage : EXIT.failed,
    );
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function reason(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { cause } = error;
  if (cause instanceof Error) return 'code' in cause ? String(cause.code) : cause.message;
  return error.name === 'TimeoutError' ? 'no answer in time' : error.message;
}
