import { usePage } from '../data/page.ts';
import { Search } from './search.tsx';

/** The title of a list and its search, which is the address's `q`; `finds` says what it looks into. */
export function ListHead(props: { title: string; finds: string }) {
  const { query, change } = usePage();
  return (
    <div class="page-head">
      <h1>{props.title}</h1>
      <Search placeholder={props.finds} value={query.q ?? ''} onSearch={(q) => change({ q }, 'replace')} />
    </div>
  );
}
