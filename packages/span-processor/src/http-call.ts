import type { Attributes } from '@opentelemetry/api';
import { calledUrl } from '@profiler/analysis';
import { textOf } from './attribute-text.ts';

export interface HttpCall {
  /** Method and URL without what varies from call to call. */
  readonly text: string;
  readonly url: string;
  /** Whether the URL says all that is asked for: the method sends no body. */
  readonly isAllInUrl: boolean;
}

const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS']);

/** The outgoing HTTP call of a client's span, by the stable and the old attributes; `undefined` when it is none, or says not where to. */
export function httpCall(attributes: Attributes): HttpCall | undefined {
  const method = textOf(attributes, 'http.request.method', 'http.method');
  if (method === '') return undefined;
  const url = textOf(attributes, 'url.full', 'http.url') || urlOfParts(attributes);
  if (url === '') return undefined;
  const text = calledUrl(method, url, textOf(attributes, 'url.template'));
  return { text, url, isAllInUrl: SAFE_METHODS.has(method.toUpperCase()) };
}

function urlOfParts(attributes: Attributes): string {
  const host = textOf(attributes, 'server.address', 'net.peer.name', 'http.host');
  const path = textOf(attributes, 'url.path', 'http.target').split('?', 1)[0]!;
  return host === '' || path === '' ? '' : host + path;
}
