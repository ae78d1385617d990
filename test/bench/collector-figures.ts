import { setTimeout as sleep } from 'node:timers/promises';
import type { Status } from '../../collector/src/api/types.ts';

/** The part of a collector's status that the bench reads. */
export interface CollectorFigures {
  readonly received: number;
  readonly stored: number;
  readonly rejected: number;
  readonly refusedRows: number;
  readonly spoolBytes: number;
  readonly failedInserts: number;
  readonly derivationBacklog: number;
  readonly derivationFailures: number;
  readonly derivedTraces: number;
  /** When the last run of the derivation ended; empty before the first. */
  readonly derivationRunAt: string;
  readonly eventLoopDelayMs: { readonly p99: number; readonly p999: number; readonly max: number };
}

/** Undefined when the collector does not answer. */
export async function readFigures(url: string): Promise<CollectorFigures | undefined> {
  const response = await fetch(`${url}/api/v1/status`, { signal: AbortSignal.timeout(30_000) }).catch(() => undefined);
  if (response?.ok !== true) return undefined;
  const { ingest, derivation, process } = (await response.json()) as Status;
  const total = (counts: unknown) =>
    Object.values((counts ?? {}) as Record<string, number>).reduce((sum, count) => sum + count, 0);
  return {
    received: Number(ingest.received),
    stored: Number(ingest.stored),
    rejected: total(ingest.rejected),
    refusedRows: total(ingest.refusedRows),
    spoolBytes: Number(ingest.spoolBytes),
    failedInserts: Number(ingest.failedInserts),
    derivationBacklog: Number(derivation.backlog),
    derivationFailures: Number(derivation.failedRuns),
    derivedTraces: Number(derivation.derivedTraces),
    derivationRunAt: String(derivation.lastRunAt ?? ''),
    eventLoopDelayMs: process.eventLoopDelayMs as unknown as CollectorFigures['eventLoopDelayMs'],
  };
}

const POLL_MS = 200;

/** Waits until everything that was taken is stored. @returns seconds it took, undefined when it took longer than that */
export async function drained(url: string, secondsMax: number): Promise<number | undefined> {
  const startedAt = performance.now();
  while (performance.now() - startedAt < secondsMax * 1000) {
    const figures = await readFigures(url);
    if (figures !== undefined && isDrained(figures)) return (performance.now() - startedAt) / 1000;
    await sleep(POLL_MS);
  }
  return undefined;
}

/** A trace is derived two seconds after the last of it came, by a run that may take longer than that. */
const QUIET_MS = 5_000;
const QUIET_RUNS = 3;

/**
 * Waits until the derivation has nothing left to do: for some seconds, and some whole runs, nothing was derived.
 * @returns as {@link drained}; those last seconds are not counted
 */
export async function derived(url: string, secondsMax: number): Promise<number | undefined> {
  const startedAt = performance.now();
  let changedAt = startedAt;
  let traces = -1;
  let quietRuns = new Set<string>();
  while (performance.now() - startedAt < secondsMax * 1000) {
    const figures = await readFigures(url);
    if (figures !== undefined && (figures.derivedTraces !== traces || figures.derivationBacklog > 0)) {
      traces = figures.derivedTraces;
      changedAt = performance.now();
      quietRuns = new Set();
    }
    if (figures !== undefined) quietRuns.add(figures.derivationRunAt);
    // The first of them is the run that changed something.
    const isQuiet = quietRuns.size > QUIET_RUNS && performance.now() - changedAt >= QUIET_MS;
    if (isQuiet) return (changedAt - startedAt) / 1000;
    await sleep(POLL_MS);
  }
  return undefined;
}

function isDrained({ received, rejected, stored, refusedRows, spoolBytes }: CollectorFigures): boolean {
  return spoolBytes === 0 && stored + refusedRows + rejected >= received;
}
