// How many requests took how long when: what an average hides, and a percentile too.

import type { EndpointHeatmap } from '@profiler/collector/api-types';
import { useApi } from '../data/api.ts';
import { timeAxis } from '../data/time-axis.ts';
import { axisLabels } from '../format/axis-labels.ts';
import { counted } from '../format/count.ts';
import { duration } from '../format/duration.ts';
import { moment } from '../format/moment.ts';
import type { EndpointRange } from './endpoint-range.ts';

/** Of the drawing, which is stretched to the width that there is. */
const WIDTH = 1000;
const REFRESH_MS = 30_000;

export function Heatmap({ of }: { of: EndpointRange }) {
  const heatmap = useApi('/api/v1/endpoints/heatmap', of, REFRESH_MS).data;
  return (
    <section class="panel">
      <h2>Distribution</h2>
      {heatmap && heatmap.columns.length > 0 ? <Cells heatmap={heatmap} of={of} /> : <div class="heatmap" />}
    </section>
  );
}

function Cells({ heatmap, of }: { heatmap: EndpointHeatmap; of: EndpointRange }) {
  const { boundsMs, columns, stepMinutes } = heatmap;
  const { fromSeconds, toSeconds } = timeAxis(of, Date.now());
  const rows = boundsMs.length - 1;
  const scale = WIDTH / (toSeconds - fromSeconds);
  const most = Math.max(...columns.flatMap(({ counts }) => counts));
  const totals = Array.from({ length: rows }, (_, row) =>
    columns.reduce((sum, { counts }) => sum + (counts[row] ?? 0), 0),
  );
  const usual = totals.indexOf(Math.max(...totals));
  const between = (row: number) => `${duration(boundsMs[row]!)} to ${duration(boundsMs[row + 1]!)}`;
  return (
    <div class="heatmap">
      <div class="heatmap-scale" aria-hidden="true">
        {axisLabels([boundsMs[0]!, boundsMs[Math.floor(rows / 2)]!, boundsMs.at(-1)!].map(duration))
          .reverse()
          .map((text, at) => (
            <span key={at}>{text}</span>
          ))}
      </div>
      <svg
        viewBox={`0 0 ${WIDTH} ${rows}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={`Requests by response time, every ${stepMinutes} min: most took ${between(usual)}.`}
      >
        {columns.map(({ time, counts }) => {
          const x = (Date.parse(time) / 1000 - fromSeconds) * scale;
          const width = Math.max(2, stepMinutes * 60 * scale);
          return counts.map((requests, row) =>
            requests === 0 ? null : (
              // Shown by its root: one slow request in a thousand is what is looked for.
              <rect
                key={`${time} ${boundsMs[row]}`}
                x={x}
                y={rows - 1 - row}
                width={width}
                height="1"
                fill-opacity={0.12 + 0.88 * Math.sqrt(requests / most)}
              >
                <title>
                  {moment(time, new Date())}: {counted(requests, 'request')} took {between(row)}
                </title>
              </rect>
            ),
          );
        })}
      </svg>
    </div>
  );
}
