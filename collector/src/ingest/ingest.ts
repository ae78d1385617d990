import type { Registry } from 'prom-client';
import type { Log } from '../log.ts';
import type { Decoded } from '../otlp/decoded.ts';
import { rejectionMessage } from '../otlp/rejection-message.ts';
import type { Store } from '../store/store.ts';
import { IngestMetrics } from './ingest-metrics.ts';
import { type Arrivals, Inserter, type InserterOptions } from './inserter.ts';
import { type Outcome, RecentRequests } from './recent-requests.ts';
import type { RequestDigest } from './request-digest.ts';
import { Spool, type SpoolOptions, spoolIsFull } from './spool.ts';
import type { Durability } from './spool-directory.ts';

/** The door of the stage: from decoded requests to rows in the store. */
export interface Ingest {
  /** Opens the spool and begins to insert; what an earlier run left there comes first. */
  start(): Promise<void>;
  /** Resolves when what an earlier run left is stored, and the rollups agree with it; what comes meanwhile waits in the spool. */
  recovered(): Promise<void>;
  /**
   * Takes a request and resolves when it is durable, not when it can be queried. One that was taken before, lately, is
   * answered as it was then, and is neither decoded nor stored.
   *
   * @param decode called at most once; what it throws is thrown
   * @throws IngestUnavailableError when there is no room, or the disk fails
   */
  take(digest: RequestDigest, decode: () => Decoded | Promise<Decoded>): Promise<Outcome>;
  /** How full the spool is, from 0 to 1. */
  fill(): number;
  /**
   * Asks for room in the spool before a body is read, and before it is decoded, which is the dearest part. A request takes about as
   * many bytes there as its body has.
   *
   * @throws IngestUnavailableError when there is none
   */
  ensureRoom(bytes: number): void;
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
  /** Requests that came again, because their sender saw no answer, and were not stored again. */
  readonly repeatedRequests: number;
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
  readonly durability: Durability;
  /** False until what an earlier run left is stored. */
  readonly recovered: boolean;
  /** Segments of an earlier run that were stored. */
  readonly recoveredSegments: number;
  /** Minutes and hours of rollups that an interrupted insert had left torn. */
  readonly rebuiltMinutes: number;
  readonly rebuiltHours: number;
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
  /** How long raw spans are kept: minutes older than that cannot be compared with them. */
  readonly retentionDays: number;
  /** Who follows what is stored. @default nobody, and the engine's clock stamps it */
  readonly arrivals?: Arrivals | undefined;
  /** What must be on disk before a request is acknowledged. @default 'fsync' */
  readonly durability?: Durability;
  /** @default 5000 */
  readonly closeGraceMs?: number;
  readonly spool?: Partial<Omit<SpoolOptions, 'directory' | 'log' | 'durability'>>;
  readonly retry?: Pick<InserterOptions, 'retryMsMin' | 'retryMsMax'>;
}

export function createIngest(options: IngestOptions): Ingest {
  const { store, spoolDir, registry, log, retentionDays, durability = 'fsync', closeGraceMs = 5_000 } = options;
  const spool = new Spool({ directory: spoolDir, log, durability, ...options.spool });
  const recent = new RecentRequests();
  const metrics = new IngestMetrics(registry, () => spool.status());
  const inserter = new Inserter({
    store,
    spool,
    log,
    metrics,
    retentionDays,
    arrivals: options.arrivals,
    ...options.retry,
  });
  let isRecovered = false;

  async function accept(digest: RequestDigest, decode: () => Decoded | Promise<Decoded>): Promise<Outcome> {
    const decoded = await decode();
    try {
      if (decoded.blocks.length > 0) await spool.append(digest, decoded.blocks);
    } finally {
      decoded.release();
    }
    metrics.accepted(decoded);
    return { rejected: decoded.counts.rejectedTotal(), message: rejectionMessage(decoded.counts) };
  }

  return {
    async start() {
      for (const digest of await spool.open()) recent.remember(digest);
      inserter.start();
      inserter.recovered.then(() => {
        isRecovered = true;
      });
    },
    recovered: () => inserter.recovered,
    async take(digest, decode) {
      const earlier = recent.find(digest);
      if (earlier === undefined) return recent.accept(digest, () => accept(digest, decode));
      const outcome = await earlier;
      metrics.repeated();
      return outcome;
    },
    fill() {
      const { bytes, bytesMax } = spool.status();
      return bytes / bytesMax;
    },
    ensureRoom(bytes) {
      if (!spool.hasRoom(bytes)) throw spoolIsFull();
    },
    status() {
      const { bytes, bytesMax, segments, quarantinedSegments } = spool.status();
      return {
        received: metrics.received,
        stored: metrics.storedSpans,
        repeatedRequests: metrics.repeatedRequests,
        rejected: metrics.rejected,
        dropped: metrics.adjusted,
        refusedRows: metrics.refusedRows,
        spoolBytes: bytes,
        spoolBytesMax: bytesMax,
        spoolSegments: segments,
        quarantinedSegments,
        durability,
        recovered: isRecovered,
        recoveredSegments: metrics.recoveredSegments,
        rebuiltMinutes: metrics.rebuiltMinutes,
        rebuiltHours: metrics.rebuiltHours,
        failedInserts: metrics.failedInserts,
        lastInsertMs: metrics.lastInsertMs ?? null,
        lastInsertAt: metrics.lastInsertAt?.toISOString() ?? null,
      };
    },
    async close() {
      await spool.close();
      await inserter.stop(closeGraceMs);
      await spool.closeLedger();
    },
  };
}
