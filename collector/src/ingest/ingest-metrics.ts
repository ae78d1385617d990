import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import type { Decoded } from '../otlp/decoded.ts';
import type { BlockTable } from '../store/store.ts';
import type { Reconciliation } from './reconcile-rollups.ts';
import type { SpoolStatus } from './spool.ts';

/** What ingest counts: for a person in `profiler status`, for Prometheus in the registry. */
export class IngestMetrics {
  received = 0;
  storedSpans = 0;
  lastInsertMs: number | undefined;
  lastInsertAt: Date | undefined;
  failedInserts = 0;
  repeatedRequests = 0;
  recoveredSegments = 0;
  rebuiltMinutes = 0;
  rebuiltHours = 0;
  readonly rejected: Record<string, number> = {};
  readonly adjusted: Record<string, number> = {};
  readonly refusedRows: Record<string, number> = {};
  private readonly counters;

  constructor(registry: Registry, spool: () => SpoolStatus) {
    const registers = [registry];
    this.counters = {
      received: new Counter({
        name: 'profiler_received_total',
        help: 'Spans and log records in acknowledged requests, those rejected included',
        labelNames: ['signal'],
        registers,
      }),
      rejected: new Counter({
        name: 'profiler_rejected_total',
        help: 'Spans and log records that were refused one by one, in requests otherwise accepted',
        labelNames: ['signal', 'reason'],
        registers,
      }),
      adjusted: new Counter({
        name: 'profiler_adjusted_total',
        help: 'What decoding cut, replaced, left out or capped in what was accepted',
        labelNames: ['what'],
        registers,
      }),
      stored: new Counter({
        name: 'profiler_stored_rows_total',
        help: 'Rows that the store confirmed',
        labelNames: ['table'],
        registers,
      }),
      refused: new Counter({
        name: 'profiler_refused_rows_total',
        help: 'Rows that the store refused for good and that were set aside in the quarantine',
        labelNames: ['table'],
        registers,
      }),
      repeated: new Counter({
        name: 'profiler_repeated_requests_total',
        help: 'Requests that came again because their sender saw no answer, and were not stored again',
        registers,
      }),
      recovered: new Counter({
        name: 'profiler_recovered_segments_total',
        help: 'Segments of an earlier run that were stored',
        registers,
      }),
      rebuilt: new Counter({
        name: 'profiler_rebuilt_rollups_total',
        help: 'Minutes and hours of rollups that an interrupted insert had left torn',
        labelNames: ['of'],
        registers,
      }),
      failed: new Counter({
        name: 'profiler_insert_failures_total',
        help: 'Inserts that failed and were tried again',
        registers,
      }),
      seconds: new Histogram({
        name: 'profiler_insert_seconds',
        help: 'Time from taking a segment of the spool to having stored it',
        buckets: [0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30],
        registers,
      }),
    };
    const gauge = (name: string, help: string, value: (status: SpoolStatus) => number) =>
      new Gauge({
        name,
        help,
        registers,
        collect() {
          this.set(value(spool()));
        },
      });
    gauge('profiler_spool_bytes', 'Bytes accepted and not stored yet', (status) => status.bytes);
    gauge('profiler_spool_segments', 'Segments accepted and not stored yet', (status) => status.segments);
    gauge('profiler_quarantined_segments', 'Segments set aside', (status) => status.quarantinedSegments);
  }

  accepted({ signal, received, counts }: Decoded): void {
    this.received += received;
    this.counters.received.inc({ signal }, received);
    for (const [reason, count] of Object.entries(counts.rejected)) {
      if (count === 0) continue;
      add(this.rejected, reason, count);
      this.counters.rejected.inc({ signal, reason }, count);
    }
    for (const [name, count] of Object.entries(counts)) {
      if (typeof count !== 'number' || count === 0) continue;
      const what = name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
      add(this.adjusted, what, count);
      this.counters.adjusted.inc({ what }, count);
    }
  }

  stored(table: BlockTable, rows: number): void {
    if (table === 'spans') this.storedSpans += rows;
    this.counters.stored.inc({ table }, rows);
  }

  refused(table: BlockTable, rows: number): void {
    add(this.refusedRows, table, rows);
    this.counters.refused.inc({ table }, rows);
  }

  repeated(): void {
    this.repeatedRequests++;
    this.counters.repeated.inc();
  }

  recovered(segments: number): void {
    this.recoveredSegments += segments;
    this.counters.recovered.inc(segments);
  }

  reconciled({ rebuiltMinutes, rebuiltHours }: Reconciliation): void {
    this.rebuiltMinutes += rebuiltMinutes;
    this.rebuiltHours += rebuiltHours;
    this.counters.rebuilt.inc({ of: 'minutes' }, rebuiltMinutes);
    this.counters.rebuilt.inc({ of: 'hours' }, rebuiltHours);
  }

  failed(): void {
    this.failedInserts++;
    this.counters.failed.inc();
  }

  inserted(durationMs: number): void {
    this.lastInsertMs = durationMs;
    this.lastInsertAt = new Date();
    this.counters.seconds.observe(durationMs / 1_000);
  }
}

function add(counts: Record<string, number>, name: string, count: number): void {
  counts[name] = (counts[name] ?? 0) + count;
}
