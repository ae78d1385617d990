/** A filter that came with a link: it is seen, and goes by a click. */
export function SetFilter(props: { name: string; value: string | undefined; without: string }) {
  if (!props.value) return null;
  return (
    <a class="button set-filter" href={props.without} title="Remove this filter">
      {props.name}: <strong>{props.value}</strong> <span aria-hidden="true">×</span>
      <span class="unseen">, remove this filter</span>
    </a>
  );
}
