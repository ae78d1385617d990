// Response times and throughput over time, with the deploys in between. Brushing over either zooms the whole page.

import type { EndpointSeries, EndpointVersion } from '@profiler/collector/api-types';
import { usePage } from '../data/page.ts';
import { withGaps } from '../data/series-gaps.ts';
import { brushed, timeAxis } from '../data/time-axis.ts';
import { perRequest } from '../format/count.ts';
import { duration } from '../format/duration.ts';
import { Chart } from '../parts/chart.tsx';
import type { EndpointRange } from './endpoint-range.ts';

export function OverTime(props: { of: EndpointRange; series: EndpointSeries; versions: readonly EndpointVersion[] }) {
  const { of, series, versions } = props;
  const page = usePage();
  const nowMs = Date.now();
  const { items, stepMinutes } = series;
  const { timesSeconds, figures } = withGaps(items, stepMinutes, [
    ({ p50Ms }) => p50Ms,
    ({ p95Ms }) => p95Ms,
    ({ p99Ms }) => p99Ms,
    ({ time, requests }) => requests / minutesOf(time, stepMinutes, nowMs),
  ]);
  const common = {
    ...timeAxis(of, nowMs),
    timesSeconds,
    markers: versions
      .filter(({ deploy }) => deploy)
      .map(({ version, firstSeen }) => ({ seconds: Date.parse(firstSeen) / 1000, text: version })),
    onZoom: (from: number, to: number) => page.change(brushed(from, to, Date.now())),
  };
  return (
    <>
      <section class="panel">
        <h2>Response time</h2>
        <Chart
          {...common}
          label={`Response time of ${of.endpoint}, p50, p95 and p99, every ${stepMinutes} min. The tables below have the figures.`}
          lines={[
            { title: 'p50', colour: '--ink-quiet', values: figures[0]! },
            { title: 'p95', colour: '--accent', values: figures[1]! },
            { title: 'p99', colour: '--medium', values: figures[2]! },
          ]}
          format={duration}
        />
      </section>
      <section class="panel">
        <h2>Throughput</h2>
        <Chart
          {...common}
          label={`Requests a minute of ${of.endpoint}, every ${stepMinutes} min.`}
          lines={[{ title: 'Requests a minute', colour: '--accent', values: figures[3]! }]}
          format={(value) => perRequest(value)}
        />
      </section>
    </>
  );
}

/** The interval that is under way has had only a part of its requests. */
function minutesOf(time: string | null, stepMinutes: number, nowMs: number): number {
  return Math.min(stepMinutes, Math.max(0.25, (nowMs - Date.parse(time ?? '')) / 60_000));
}
