import type { TableRow } from './table.ts';

/** What a stage takes by itself. */
export interface StageCost {
  readonly stage: string;
  readonly cpuSecondsPerMillionSpans: number;
  /** What it was measured on. */
  readonly spans: number;
}

export function stageRows(costs: readonly StageCost[]): TableRow[] {
  return costs.map(({ stage, cpuSecondsPerMillionSpans }) => [
    `${stage}, CPU s per million spans`,
    cpuSecondsPerMillionSpans,
    `${Math.round(1_000 / cpuSecondsPerMillionSpans).toLocaleString('en-US')} k spans/s and core`,
  ]);
}
