const SEGMENTS_MAX = 12;
const SEGMENT_CHARS_MAX = 64;
/** A path is not read beyond this; what is cut off would not be shown either. */
const PATH_CHARS_MAX = 2_048;

const NUMBER = /^\d+$/;
const UUID = /^[0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12}$/i;
const HEX = /^(?=.*\d)[0-9a-f]{8,}$/i;
const LONG_DIGITS = /\d{5,}/;
/** What generated ids look like: letters and digits mixed, long. */
const MIXED = /^(?=(?:\D*\d){3})(?=.*[a-z])[\w~-]{16,}$/i;
const DATE = /^\d{4}-\d{2}(?:-\d{2})?$/;
const MAIL = /^[^@]+@[^@]+$/;

/**
 * The route of a path whose app named none: segments that look like ids become `{id}`, so that `/users/123` and
 * `/users/456` are one endpoint, `/users/{id}`. Query string and fragment go; so do what lies beyond the twelfth segment
 * (`/…`) and long segments (`{id}`). Templating a template changes nothing.
 */
export function routeTemplate(path: string): string {
  const cut = path.slice(0, PATH_CHARS_MAX);
  const end = cut.search(/[?#]/);
  const segments = (end < 0 ? cut : cut.slice(0, end)).split('/').filter((segment) => segment !== '');
  const kept = segments.slice(0, SEGMENTS_MAX).map((segment) => (isId(segment) ? '{id}' : segment));
  const rest =
    segments.length > SEGMENTS_MAX && segments[SEGMENTS_MAX] !== '…'
      ? ['…']
      : segments.slice(SEGMENTS_MAX, SEGMENTS_MAX + 1);
  return `/${[...kept, ...rest].join('/')}`;
}

function isId(segment: string): boolean {
  return (
    segment.length > SEGMENT_CHARS_MAX ||
    NUMBER.test(segment) ||
    UUID.test(segment) ||
    HEX.test(segment) ||
    LONG_DIGITS.test(segment) ||
    DATE.test(segment) ||
    MIXED.test(segment) ||
    MAIL.test(segment)
  );
}
