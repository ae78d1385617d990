// Response times as the seed colours them: green, orange from 500 ms, red from the slow threshold. Each has a shape and a
// word of its own, so that the colour is never all there is.

import { duration, type Pace, pace } from '../format/duration.ts';

const SHAPES: Record<Pace, string> = {
  fast: 'M6 2a4 4 0 1 0 0 8a4 4 0 1 0 0-8z',
  medium: 'M6 1l5 5l-5 5l-5-5z',
  slow: 'M6 1l5.5 10h-11z',
};

export function ResponseTime(props: { ms: number; slowFromMs: number }) {
  const tone = pace(props.ms, props.slowFromMs);
  return (
    <span class={`pace pace-${tone}`} title={`${tone}: ${props.ms.toFixed(3)} ms`}>
      <svg viewBox="0 0 12 12" width="9" height="9" aria-hidden="true">
        <path d={SHAPES[tone]} />
      </svg>
      {duration(props.ms)}
      <span class="unseen"> {tone}</span>
    </span>
  );
}
