import type { ComponentChildren } from 'preact';
import { scrolled } from './scrolled.ts';

/** One pair of a `<dl class="facts">`. */
export function Fact(props: { name: string; children: ComponentChildren }) {
  const { name, children } = props;
  return (
    <div>
      <dt>{name}</dt>
      <dd {...(typeof children === 'string' ? scrolled(children) : {})}>{children}</dd>
    </div>
  );
}
