import { usePage } from '../data/page.ts';
import { isZoomed, timeAxis, widened } from '../data/time-axis.ts';
import { moment } from '../format/moment.ts';

/** Says which time a page is zoomed to, and leads out of it. For a range that the header names, how a chart zooms. */
export function RangeNote(props: { hasChart: boolean }) {
  const page = usePage();
  const { until } = page.narrowed;
  if (!isZoomed(page.narrowed)) return props.hasChart ? <span class="quiet">Drag over a chart to zoom in.</span> : null;
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
