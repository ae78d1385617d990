import { prettySql } from '../format/sql.ts';
import { CopyButton } from './copy-button.tsx';

/** A query as it was stored, over lines where it is long: text, whatever it contains. */
export function QueryText(props: { text: string; system?: string; copy?: true }) {
  const laidOut = prettySql(props.text);
  return (
    <figure class="query">
      {props.system || props.copy ? (
        <figcaption>
          <span>{props.system}</span>
          {props.copy && <CopyButton what="SQL" text={() => laidOut} />}
        </figcaption>
      ) : null}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a long query scrolls, and must do so by keyboard too. */}
      <pre tabIndex={0}>
        <code>{laidOut}</code>
      </pre>
    </figure>
  );
}
