import { sparklinePath } from '../format/sparkline-path.ts';

const WIDTH_PX = 96;
const HEIGHT_PX = 24;

/** A line of a word's size; `says` is the same for whoever does not see it. */
export function Sparkline(props: { values: readonly (number | null)[]; says: string }) {
  return (
    <span class="sparkline">
      <svg viewBox={`-1 0 ${WIDTH_PX + 2} ${HEIGHT_PX}`} width={WIDTH_PX} height={HEIGHT_PX} aria-hidden="true">
        <path d={sparklinePath(props.values, WIDTH_PX, HEIGHT_PX)} />
      </svg>
      <span class="unseen">{props.says}</span>
    </span>
  );
}
