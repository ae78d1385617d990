import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { axisLabels } from '../format/axis-labels.ts';
import type { ChartLine, ChartMarker } from './chart.tsx';

export interface PlotOptions {
  readonly lines: readonly ChartLine[];
  readonly format: (value: number) => string;
  readonly heightPx: number;
  readonly span: () => [number, number] | undefined;
  readonly markers: () => readonly ChartMarker[];
  readonly onZoom: (fromSeconds: number, toSeconds: number) => void;
}

/** A narrower brush is a click that slipped. */
const BRUSH_PX_MIN = 8;

/** A canvas cannot read custom properties: they are resolved here, and anew when the scheme changes. */
export function createPlot(
  element: HTMLElement,
  data: uPlot.AlignedData,
  { lines, format, heightPx, span, markers, onZoom }: PlotOptions,
): uPlot {
  const look = getComputedStyle(element);
  const probe = document.createElement('span');
  element.append(probe);
  const colour = (name: string) => {
    probe.style.color = `var(${name})`;
    return getComputedStyle(probe).color;
  };
  const axis = {
    stroke: colour('--ink-quiet'),
    grid: { stroke: colour('--line'), width: 1 },
    ticks: { show: false },
    font: `12px ${look.fontFamily}`,
  };
  const markerColour = colour('--ink');
  let brushing = false;
  const options: uPlot.Options = {
    width: element.clientWidth,
    height: heightPx,
    cursor: {
      y: false,
      points: { size: 6 },
      drag: { x: true, y: false, setScale: false },
      move: (plot, left, top) =>
        brushing ? [within(left, plot.over.clientWidth), within(top, plot.over.clientHeight)] : [left, top],
    },
    hooks: {
      draw: [(plot) => drawMarkers(plot, markers(), markerColour, look.fontFamily)],
      setSelect: [
        (plot) => {
          const { left, width } = plot.select;
          if (width < BRUSH_PX_MIN) return;
          plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
          onZoom(plot.posToVal(left, 'x'), plot.posToVal(left + width, 'x'));
        },
      ],
    },
    legend: { live: true },
    scales: {
      x: { range: (_, min, max) => span() ?? [min, max] },
      y: { range: (_, __, max) => [0, max > 0 ? max * 1.1 : 1] },
    },
    axes: [
      { ...axis, values: (_, splits) => axisLabels(splits.map(timeLabel)) },
      { ...axis, size: 68, values: (_, splits) => axisLabels(splits.map(format)) },
    ],
    series: [
      { label: 'Time', value: (_: uPlot, seconds: number | null) => (seconds === null ? '–' : fullTime(seconds)) },
      ...lines.map((line) => ({
        label: line.title,
        stroke: colour(line.colour),
        width: 2,
        points: { show: true, size: 6, filter: alone },
        value: (_: uPlot, value: number | null) => (value === null ? '–' : format(value)),
      })),
    ],
  };
  probe.remove();
  const plot = new uPlot(options, data, element);
  // A brush belongs to the chart until it is let go. Without the capture uPlot stretches it to the edge as soon as the
  // pointer is above or below the chart: because a hand is not steady, or because the page moved under it.
  const { over } = plot;
  over.addEventListener('pointerdown', ({ pointerId, button }) => {
    if (button !== 0) return;
    over.setPointerCapture(pointerId);
    brushing = true;
  });
  over.addEventListener('lostpointercapture', () => {
    brushing = false;
  });
  return plot;
}

const within = (px: number, endPx: number) => Math.min(Math.max(px, 0), endPx);

/** A dashed line and its text, on the side where there is room. */
function drawMarkers(plot: uPlot, markers: readonly ChartMarker[], colour: string, fontFamily: string): void {
  const { ctx, bbox } = plot;
  const ratio = devicePixelRatio;
  ctx.save();
  ctx.strokeStyle = colour;
  ctx.fillStyle = colour;
  ctx.lineWidth = ratio;
  ctx.font = `600 ${11 * ratio}px ${fontFamily}`;
  ctx.textBaseline = 'top';
  for (const { seconds, text } of markers) {
    const x = plot.valToPos(seconds, 'x', true);
    if (x < bbox.left || x > bbox.left + bbox.width) continue;
    ctx.setLineDash([4 * ratio, 3 * ratio]);
    ctx.beginPath();
    ctx.moveTo(x, bbox.top);
    ctx.lineTo(x, bbox.top + bbox.height);
    ctx.stroke();
    const shown = text.length > MARKER_CHARACTERS_MAX ? `${text.slice(0, MARKER_CHARACTERS_MAX - 1)}…` : text;
    const onLeft = x + ctx.measureText(shown).width + 6 * ratio > bbox.left + bbox.width;
    ctx.textAlign = onLeft ? 'right' : 'left';
    ctx.fillText(shown, x + (onLeft ? -4 : 4) * ratio, bbox.top + 2 * ratio);
  }
  ctx.restore();
}

const MARKER_CHARACTERS_MAX = 24;

/** Midnight says which day begins. */
function timeLabel(seconds: number): string {
  const at = new Date(seconds * 1000);
  const isMidnight = at.getHours() === 0 && at.getMinutes() === 0;
  return at.toLocaleString(
    'en-GB',
    isMidnight ? { day: 'numeric', month: 'short' } : { hour: '2-digit', minute: '2-digit' },
  );
}

function fullTime(seconds: number): string {
  return new Date(seconds * 1000).toLocaleString('en-GB', {
    day: 'numeric',
    month: 'short',
    hour: '2-digit',
    minute: '2-digit',
  });
}

/** A figure between two gaps makes no line: it is drawn as a point. */
function alone(plot: uPlot, line: number): number[] {
  const values = plot.data[line] ?? [];
  const points: number[] = [];
  for (const [at, value] of [...values].entries()) {
    if (value != null && values[at - 1] == null && values[at + 1] == null) points.push(at);
  }
  return points;
}
