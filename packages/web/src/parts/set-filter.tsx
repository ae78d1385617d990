import { usePage } from '../data/page.ts';

/** A filter that came with a link: it is seen, and goes by a click. `of` is its name in the address. */
export function SetFilter(props: { name: string; of: string }) {
  const page = usePage();
  const value = page.query[props.of];
  if (!value) return null;
  return (
    <a class="button set-filter" href={page.with({ [props.of]: '' })} title="Remove this filter">
      {props.name}: <strong>{value}</strong> <span aria-hidden="true">×</span>
      <span class="unseen">, remove this filter</span>
    </a>
  );
}
