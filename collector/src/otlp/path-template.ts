/**
 * The endpoint behind a path of an app that names no route: segments that look like ids become `{id}`, and what comes
 * below {@link SEGMENTS_MAX} levels is folded, so `/users/123/orders` and `/users/456/orders` are one endpoint.
 *
 * An id is a number, a UUID, a long hexadecimal or mixed token, anything with `@`, and whatever is unusually long.
 * A word stays a word, also with a version (`/v2`) or a file name's extension.
 */
export function templatePath(path: string): string {
  const segments = path.split('/', SEGMENTS_MAX + 2).filter((segment) => segment !== '');
  const kept = segments.slice(0, SEGMENTS_MAX).map((segment) => (looksLikeId(segment) ? '{id}' : segment));
  if (segments.length > SEGMENTS_MAX) kept.push('{rest}');
  return `/${kept.join('/')}`;
}

export const SEGMENTS_MAX = 10;
const SEGMENT_CHARS_MAX = 40;

function looksLikeId(segment: string): boolean {
  if (segment.length > SEGMENT_CHARS_MAX) return true;
  if (/^[-+]?\d[\d.,:_-]*$/.test(segment)) return true;
  if (/^\{?[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\}?$/i.test(segment)) return true;
  if (/^(?:0x)?[0-9a-f]{8,}$/i.test(segment) && /\d/.test(segment)) return true;
  if (segment.includes('@') || segment.includes('%40')) return true;
  const digits = segment.replaceAll(/\D/g, '').length;
  if (/^[a-z]{1,6}[-_]?\d{3,}$/i.test(segment)) return true;
  return /^[\w~-]{16,}$/.test(segment) && digits >= 4 && /[a-z]/i.test(segment);
}
