import type { ComponentChildren } from 'preact';

export type Tone = 'critical' | 'warning' | 'info' | 'good' | 'plain';

/** A word on a ground. With `href` it is a link, and as large as a link must be. */
export function Badge(props: { tone: Tone; href?: string | undefined; title?: string; children: ComponentChildren }) {
  const { tone, href, title, children } = props;
  const look = `badge badge-${tone}`;
  return href === undefined ? (
    <span class={look} title={title}>
      {children}
    </span>
  ) : (
    <a class={look} title={title} href={href}>
      {children}
    </a>
  );
}
