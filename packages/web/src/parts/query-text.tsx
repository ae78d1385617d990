/** A query as it was stored: text, whatever it contains. */
export function QueryText(props: { text: string; system?: string }) {
  return (
    <figure class="query">
      {props.system ? <figcaption>{props.system}</figcaption> : null}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a long query scrolls, and must do so by keyboard too. */}
      <pre tabIndex={0}>
        <code>{props.text}</code>
      </pre>
    </figure>
  );
}
