import { usePage } from '../data/page.ts';

/** The API pages by cursor: forward, and back to the first; the browser's own button goes one back. */
export function Pager(props: { nextCursor: string | null; next: string; first: string }) {
  const page = usePage();
  if (props.nextCursor === null && !page.query.cursor) return null;
  return (
    <nav class="pager" aria-label="Further pages">
      {page.query.cursor && (
        <a class="button" href={page.with({ cursor: '' })}>
          {props.first}
        </a>
      )}
      {props.nextCursor !== null && (
        <a class="button" href={page.with({ cursor: props.nextCursor })}>
          {props.next}
        </a>
      )}
    </nav>
  );
}
