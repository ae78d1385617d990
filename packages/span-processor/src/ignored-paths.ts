import type { Attributes } from '@opentelemetry/api';

/**
 * Whether a request's path lies under one of the prefixes, by whole segments: `/admin` matches `/admin` and `/admin/x`,
 * not `/administer`.
 */
export function isIgnoredPath(path: string, prefixes: readonly string[]): boolean {
  return prefixes.some((prefix) => {
    const bare = prefix.endsWith('/') ? prefix.slice(0, -1) : prefix;
    return path.startsWith(bare) && (path.length === bare.length || path[bare.length] === '/');
  });
}

/** The path of a SERVER span at its start, without a query string; '' when it has none. */
export function pathOf(attributes: Attributes): string {
  const path = attributes['url.path'] ?? attributes['http.target'];
  return typeof path === 'string' ? (path.split('?', 1)[0] ?? '') : '';
}
