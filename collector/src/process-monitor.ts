import { monitorEventLoopDelay } from 'node:perf_hooks';
import { Gauge, type Registry } from 'prom-client';

/** How long the collector's thread kept what was due waiting, since it began to serve; milliseconds. */
export interface EventLoopDelayMs {
  readonly p50: number;
  readonly p99: number;
  readonly p999: number;
  readonly max: number;
}

/** A type, not an interface, so that it can be shown as plain figures. */
export type ProcessStatus = {
  /** Resident memory, the embedded engine's included. */
  readonly rssBytes: number;
  readonly eventLoopDelayMs: { readonly [Name in keyof EventLoopDelayMs]: number };
};

export interface ProcessMonitor {
  status(): ProcessStatus;
  close(): void;
}

/** How often it is looked at, in milliseconds; what is shorter is seen by chance only. */
const RESOLUTION_MS = 10;

const PERCENTILES = { p50: 50, p99: 99, p999: 99.9, max: 100 } as const;

/**
 * Watches the process from within: while the event loop is held, nothing is received, acknowledged or shown. The
 * histogram counts from one look to the next, so the pause that is meant to be between them is taken off.
 */
export function monitorProcess(registry: Registry): ProcessMonitor {
  const histogram = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  histogram.enable();
  const delayMs = (percentile: number) =>
    Math.max(0, Math.round((histogram.percentile(percentile) / 1e6 - RESOLUTION_MS) * 1000) / 1000);
  new Gauge({
    name: 'profiler_event_loop_delay_seconds',
    help: 'How long the event loop kept what was due waiting, since the collector began to serve; quantile 1 is the maximum',
    labelNames: ['quantile'],
    registers: [registry],
    collect() {
      for (const percentile of Object.values(PERCENTILES)) {
        this.set({ quantile: (percentile / 100).toFixed(3) }, delayMs(percentile) / 1000);
      }
    },
  });
  new Gauge({
    name: 'process_resident_memory_bytes',
    help: "Resident memory of the collector's process, the embedded engine's included",
    registers: [registry],
    collect() {
      this.set(process.memoryUsage.rss());
    },
  });
  return {
    status: () => ({
      rssBytes: process.memoryUsage.rss(),
      eventLoopDelayMs: {
        p50: delayMs(PERCENTILES.p50),
        p99: delayMs(PERCENTILES.p99),
        p999: delayMs(PERCENTILES.p999),
        max: delayMs(PERCENTILES.max),
      },
    }),
    close: () => histogram.disable(),
  };
}
