// The one place that knows uPlot. It comes in a file of its own, only to pages that draw. A chart is a picture: it has a
// name, and the page shows the same figures as a table.

import { useEffect, useRef } from 'preact/hooks';
import type uPlot from 'uplot';

export interface ChartLine {
  readonly title: string;
  /** A custom property of the look, so that both schemes have their own. */
  readonly colour: string;
  readonly values: readonly (number | null)[];
}

/** A moment to mark: the deploy of a version. */
export interface ChartMarker {
  readonly seconds: number;
  readonly text: string;
}

const HEIGHT_PX = 200;
const NO_MARKERS: readonly ChartMarker[] = [];

/** `timesSeconds` ascending, as long as every line. `format` writes the figures of the left axis. */
export function Chart(props: {
  label: string;
  timesSeconds: readonly number[];
  lines: readonly ChartLine[];
  format: (value: number) => string;
  /** What the time axis shows, in epoch seconds; that of the data when a bound is no number. */
  fromSeconds: number;
  toSeconds: number;
  markers?: readonly ChartMarker[];
  /** Takes what was brushed, in epoch seconds. */
  onZoom?: (fromSeconds: number, toSeconds: number) => void;
  heightPx?: number;
}) {
  const { label, timesSeconds, lines, format, markers = NO_MARKERS, onZoom, heightPx = HEIGHT_PX } = props;
  const holder = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | undefined>(undefined);
  const data = [timesSeconds, ...lines.map((line) => line.values)] as uPlot.AlignedData;
  const { fromSeconds, toSeconds } = props;
  const span: [number, number] | undefined = fromSeconds < toSeconds ? [fromSeconds, toSeconds] : undefined;
  const latest = useRef({ data, span, markers, onZoom });
  latest.current = { data, span, markers, onZoom };
  const shape = lines.map((line) => line.title + line.colour).join();

  // New figures go into the standing chart, below.
  useEffect(() => {
    const element = holder.current;
    if (!element) return;
    let gone = false;
    let stop = () => {};
    void import('./plot.ts').then(({ createPlot }) => {
      if (gone) return;
      const build = () => {
        plot.current?.destroy();
        plot.current = createPlot(element, latest.current.data, {
          lines,
          format,
          heightPx,
          span: () => latest.current.span,
          markers: () => latest.current.markers,
          onZoom: (from, to) => latest.current.onZoom?.(from, to),
        });
      };
      build();
      const resized = new ResizeObserver(() => plot.current?.setSize({ width: element.clientWidth, height: heightPx }));
      resized.observe(element);
      const scheme = matchMedia('(prefers-color-scheme: dark)');
      scheme.addEventListener('change', build);
      stop = () => {
        resized.disconnect();
        scheme.removeEventListener('change', build);
      };
    });
    return () => {
      gone = true;
      stop();
      plot.current?.destroy();
      plot.current = undefined;
    };
  }, [shape]);

  useEffect(() => plot.current?.setData(data));
  return <div class="chart" role="img" aria-label={label} ref={holder} />;
}
