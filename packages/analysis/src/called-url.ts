import { routeTemplate } from './route-template.ts';

/** A URL is not read beyond this; what is cut off would not be shown either. */
const URL_CHARS_MAX = 2_048;
const QUERY_NAMES_MAX = 8;
const NAME = /^[\w.[\]-]{1,32}$/;

/**
 * What an outgoing HTTP call asks for, without what varies from call to call, as the fingerprint of a statement is without its
 * values: identifiers in the path become `{id}`, of the query only the names stay.
 *
 *     GET https://user:secret@stock.example/items/42?lang=en#top
 *     GET https://stock.example/items/{id}?lang
 *
 * The text of a called URL is its own called URL.
 *
 * @param url absolute, or only a host and path; '' when unknown
 * @param template the path as the app has it (`url.template`), '' when unknown
 * @returns '' when there is no URL
 */
export function calledUrl(method: string, url: string, template = ''): string {
  if (url === '') return '';
  const cut = url.slice(0, URL_CHARS_MAX);
  const [, scheme = '', authority = '', rest = ''] = /^([a-z][a-z0-9+.-]*:\/\/)?([^/?#]*)(.*)$/is.exec(cut) ?? [];
  const host = authority.slice(authority.lastIndexOf('@') + 1).toLowerCase();
  const withoutFragment = rest.split('#', 1)[0]!;
  const mark = withoutFragment.indexOf('?');
  const path = template === '' ? withoutFragment.slice(0, mark < 0 ? undefined : mark) : template;
  const query = mark < 0 ? '' : withoutFragment.slice(mark + 1);
  return `${method === '' ? 'HTTP' : method.toUpperCase()} ${scheme.toLowerCase()}${host}${routeTemplate(path)}${names(query)}`;
}

/** Names of a query, once each and sorted, so that neither their order nor their number of values shows. */
function names(query: string): string {
  const all = query
    .split('&')
    .map((pair) => pair.split('=', 1)[0]!)
    .filter((name) => NAME.test(name));
  const kept = [...new Set(all)].sort().slice(0, QUERY_NAMES_MAX);
  return kept.length === 0 ? '' : `?${kept.join('&')}`;
}
