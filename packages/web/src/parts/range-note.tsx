import { usePage } from '../data/page.ts';
import { isZoomed, timeAxis, widened } from '../data/time-axis.ts';
import { moment } from '../format/moment.ts';

/** Says which time a page is zoomed to, and leads out of it. Nothing for a range that the header names. */
export function RangeNote() {
  const page = usePage();
  const { until } = page.narrowed;
  if (!isZoomed(page.narrowed)) return <span class="quiet">Drag over a chart to zoom in.</span>;
  const now = new Date();
  const axis = timeAxis(page.narrowed, now.getTime());
  const shown = (seconds: number) => moment(new Date(seconds * 1000).toISOString(), now);
  return (
    <span class="range-note">
      <strong>
        {shown(axis.fromSeconds)} to {until ? shown(axis.toSeconds) : 'now'}
      </strong>
      <a class="button" href={page.with(widened(axis, now.getTime()))}>
        Zoom out
      </a>
      <a class="button" href={page.with({ since: '', until: '' })}>
        Last 24 hours
      </a>
    </span>
  );
}
