// A request as a line for the terminal. Whatever a span says, it stays one argument of one command.

import type { TraceSpan } from '@profiler/collector/api-types';

const WITH_BODY = new Set(['POST', 'PUT', 'PATCH']);

/**
 * `curl -X GET 'http://shop:8080/orders?page=2'`. Scheme, host and query are taken from the span's attributes where it has
 * them. The body was never stored.
 */
export function asCurl(entry: Pick<TraceSpan, 'method' | 'path' | 'route' | 'attributes'>): string {
  const { attributes } = entry;
  const scheme = attributes['url.scheme'] === 'https' ? 'https' : 'http';
  const host = attributes['server.address'] || 'localhost';
  const port = attributes['server.port'];
  const isUsual = port === (scheme === 'https' ? '443' : '80');
  const path = entry.path || entry.route || '/';
  const query = (attributes['url.query'] ?? '').replace(/^\?/, '');
  const url = `${scheme}://${host}${port && !isUsual ? `:${port}` : ''}${path.startsWith('/') ? '' : '/'}${path}${query && `?${query}`}`;
  const method = /^[A-Z]{1,20}$/.test(entry.method) ? entry.method : 'GET';
  const line = ['curl', ...(method === 'GET' ? [] : ['-X', method]), quoted(encoded(url))].join(' ');
  return WITH_BODY.has(method) ? `${line} --data ''` : line;
}

/** Blanks and control characters cannot stand in an address; neither can those that turn the direction of text. */
function encoded(url: string): string {
  return url.replace(/[\p{C}\p{Z}]/gu, (character) => {
    try {
      return encodeURIComponent(character);
    } catch {
      // Half of a pair, which has no bytes.
      return '%EF%BF%BD';
    }
  });
}

/** For a POSIX shell: nothing within single quotes means anything. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
