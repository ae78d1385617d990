import { type MeasuredRun, type RunOptions, runOnCollector } from './measured-run.ts';

const PROBE_SECONDS = 20;
/** Memory may not go on growing: at the end it is within this of what it was after half of the time. */
const GROWTH_MAX = 1.25;
const RSS_BYTES_MAX = 1.5 * 2 ** 30;

/** What the store takes while more comes than it can take, which is what can be held for as long as one likes. */
export async function findSustainableRate(options: RunOptions): Promise<number> {
  const { load, atEnd } = await runOnCollector({ ...options, rate: 0, seconds: PROBE_SECONDS });
  const stored = (atEnd?.stored ?? 0) / load.elapsedSeconds;
  return Math.max(1_000, Math.floor(stored / 1_000) * 1_000);
}

/** What must not happen when more comes than can be held. */
export function overloadFaults({ load, rssBytesAt, rssBytesPeak }: MeasuredRun): string[] {
  const wrong = Object.entries(load.refusals).filter(([status]) => status !== '429' && status !== '503');
  const [, half, , end] = rssBytesAt as [number, number, number, number];
  return [
    wrong.length > 0 && `refusals other than 429 and 503: ${JSON.stringify(Object.fromEntries(wrong))}`,
    rssBytesPeak > RSS_BYTES_MAX && `memory rose to ${mib(rssBytesPeak)} MiB`,
    end > half * GROWTH_MAX && `memory grew from ${mib(half)} to ${mib(end)} MiB in the second half of the load`,
  ].filter((fault) => fault !== false);
}

function mib(bytes: number): number {
  return Math.round(bytes / 2 ** 20);
}
