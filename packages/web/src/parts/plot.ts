import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import type { ChartLine } from './chart.tsx';

/** A canvas cannot read custom properties: they are resolved here, and anew when the scheme changes. */
export function createPlot(
  element: HTMLElement,
  data: uPlot.AlignedData,
  lines: readonly ChartLine[],
  format: (value: number) => string,
  height: number,
  span: () => [number, number] | undefined,
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
  const options: uPlot.Options = {
    width: element.clientWidth,
    height,
    cursor: { y: false, points: { size: 6 } },
    legend: { live: true },
    scales: {
      x: { range: (_, min, max) => span() ?? [min, max] },
      y: { range: (_, __, max) => [0, max > 0 ? max * 1.1 : 1] },
    },
    axes: [
      { ...axis, values: (_, splits) => splits.map(timeLabel) },
      { ...axis, size: 68, values: (_, splits) => splits.map(format) },
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
  return new uPlot(options, data, element);
}

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
