import type { Registry } from 'prom-client';
import type { Log } from '../log.ts';
import type { Decoded } from '../otlp/decoded.ts';
import type { Store } from '../store/store.ts';
import { IngestMetrics } from './ingest-metrics.ts';
import { type Arrivals, Inserter, type InserterOptions } from './inserter.ts';
import { Spool, type SpoolOptions } from './spool.ts';

/** The door of the stage: from decoded requests to rows in the store. */
export interface Ingest {
  /** Opens the spool; what an earlier run left there is inserted first. */
  start(): Promise<void>;
  /** Resolves when the request is durable, not when it can be queried. @throws IngestUnavailableError */
  accept(decoded: Decoded): Promise<void>;
  status(): IngestStatus;
  /** Accepts nothing more, and stores what is left if that takes no longer than `closeGraceMs`. */
  close(): Promise<void>;
}

/** Counts are since the start of this process; `spool` is what is on disk. */
export interface IngestStatus {
  /** Spans and log records in acknowledged requests, those rejected included. */
  readonly received: number;
  /** Spans that the store confirmed. */
  readonly stored: number;
  /** Spans and log records refused one by one, by reason. */
  readonly rejected: Readonly<Record<string, number>>;
  /** What was cut, replaced, left out or capped in what was accepted, and spans that apps themselves dropped. */
  readonly dropped: Readonly<Record<string, number>>;
  /** Rows that the store refused for good, by table. */
  readonly refusedRows: Readonly<Record<string, number>>;
  readonly spoolBytes: number;
  readonly spoolBytesMax: number;
  readonly spoolSegments: number;
  readonly quarantinedSegments: number;
  /** Inserts that failed and were tried again. */
  readonly failedInserts: number;
  /** How long the last segment took; null before the first. */
  readonly lastInsertMs: number | null;
  /** ISO 8601; null before the first. */
  readonly lastInsertAt: string | null;
}

export interface IngestOptions {
  readonly store: Store;
  /** Directory of the spool; one process at a time. */
  readonly spoolDir: string;
  readonly registry: Registry;
  readonly log: Log;
  readonly arrivals?: Arrivals | undefined;
  /** @default 5000 */
  readonly closeGraceMs?: number;
  readonly spool?: Partial<Omit<SpoolOptions, 'directory' | 'log'>>;
  readonly retry?: Pick<InserterOptions, 'retryMsMin' | 'retryMsMax'>;
}

export function createIngest(options: IngestOptions): Ingest {
  const { store, spoolDir, registry, log, closeGraceMs = 5_000 } = options;
  const spool = new Spool({ directory: spoolDir, log, ...options.spool });
  const metrics = new IngestMetrics(registry, () => spool.status());
  const inserter = new Inserter({ store, spool, log, metrics, arrivals: options.arrivals, ...options.retry });
  return {
    async start() {
      await spool.open();
      inserter.start();
    },
    async accept(decoded) {
      if (decoded.blocks.length > 0) await spool.append(decoded.blocks);
      metrics.accepted(decoded);
    },
    status() {
      const { bytes, bytesMax, segments, quarantinedSegments } = spool.status();
      return {
        received: metrics.received,
        stored: metrics.storedSpans,
        rejected: metrics.rejected,
        dropped: metrics.adjusted,
        refusedRows: metrics.refusedRows,
        spoolBytes: bytes,
        spoolBytesMax: bytesMax,
        spoolSegments: segments,
        quarantinedSegments,
        failedInserts: metrics.failedInserts,
        lastInsertMs: metrics.lastInsertMs ?? null,
        lastInsertAt: metrics.lastInsertAt?.toISOString() ?? null,
      };
    },
    async close() {
      await spool.close();
      await inserter.stop(closeGraceMs);
    },
  };
}
