// What a page reads from its address and how it changes it.

import { useEffect } from 'preact/hooks';
import { useLocation } from 'preact-iso';
import { address, changed, type Query, shared } from './address.ts';

export const DEFAULT_SINCE = '24h';

export interface PageAddress {
  readonly path: string;
  readonly query: Query;
  /** What every list is narrowed by: the filters of the header, the time range always among them. */
  readonly narrowed: { service?: string; environment?: string; version?: string; since: string; until?: string };
  /** Change filters. `replace` for what is typed: a letter is no step to go back to. */
  readonly change: (changes: Query, how?: 'push' | 'replace') => void;
  /** The address of this page with some values changed, for a link. */
  readonly with: (changes: Query) => string;
  /** The address of another page, with the filters that follow along. */
  readonly to: (path: string, query?: Query) => string;
}

export function usePage(title?: string): PageAddress {
  const { path, query, route } = useLocation();
  useEffect(() => {
    if (title !== undefined) document.title = title === '' ? 'Profiler' : `${title} · Profiler`;
  }, [title]);
  return {
    path,
    query,
    narrowed: { ...shared(query), since: query.since || DEFAULT_SINCE },
    change: (changes, how = 'push') => route(address(path, changed(query, changes)), how === 'replace'),
    with: (changes) => address(path, changed(query, changes)),
    to: (path, own = {}) => address(path, { ...shared(query), ...own }),
  };
}
