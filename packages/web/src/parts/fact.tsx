import type { ComponentChildren } from 'preact';

/** One pair of a `<dl class="facts">`. */
export function Fact(props: { name: string; children: ComponentChildren }) {
  return (
    <div>
      <dt>{props.name}</dt>
      <dd>{props.children}</dd>
    </div>
  );
}
