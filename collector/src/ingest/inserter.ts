import { setTimeout as sleep } from 'node:timers/promises';
import type { Log } from '../log.ts';
import { type BlockTable, type Store, StoreError } from '../store/store.ts';
import type { IngestMetrics } from './ingest-metrics.ts';
import { blocksByTable, type Segment } from './segment.ts';
import type { Spool } from './spool.ts';

export interface InserterOptions {
  readonly store: Store;
  readonly spool: Spool;
  readonly log: Log;
  readonly metrics: IngestMetrics;
  /** Gives each insertion its time, and is told of it; without one the engine's clock does. */
  readonly arrivals?: Arrivals | undefined;
  /** First pause after a failure, in milliseconds; it doubles up to `retryMsMax`. @default 250 */
  readonly retryMsMin?: number;
  /** @default 10000 */
  readonly retryMsMax?: number;
}

/** Whoever follows what is stored without asking the store. */
export interface Arrivals {
  /** Time of the next insertion, milliseconds since the epoch; kept when it is tried again. */
  next(): number;
  /** After rows are stored. Does not fail. */
  stored(insertion: {
    readonly table: BlockTable;
    readonly rows: number;
    readonly blocks: readonly Uint8Array[];
    readonly insertedAtMs: number;
  }): Promise<void>;
}

/** Tables that keep their rows' batch id, so that it can be counted what of a batch is there. */
const COUNTED_TABLES: ReadonlySet<BlockTable> = new Set(['spans', 'log_exceptions']);

/** An insert that is under way when stopping cannot be called back; it is not waited for longer than this. */
const INSERT_GRACE_MS = 1_000;

/**
 * Brings the spool's segments into the store, one at a time, oldest first. What fails for now is tried again until it
 * succeeds, while the spool holds what comes after; what is refused for good is set aside, so that it holds up nothing.
 */
export class Inserter {
  private readonly options: InserterOptions & Required<Pick<InserterOptions, 'retryMsMin' | 'retryMsMax'>>;
  private readonly stopping = new AbortController();
  private running: Promise<void> = Promise.resolve();

  constructor(options: InserterOptions) {
    this.options = { retryMsMin: 250, retryMsMax: 10_000, ...options };
  }

  start(): void {
    this.running = this.run();
  }

  /** Lets it work until the spool is empty or `graceMs` have passed; what is left stays in the spool. */
  async stop(graceMs: number): Promise<void> {
    const timer = setTimeout(() => this.stopping.abort(), graceMs);
    const giveUp = sleep(graceMs + INSERT_GRACE_MS, undefined, { ref: false });
    await Promise.race([this.running, giveUp]);
    clearTimeout(timer);
  }

  private async run(): Promise<void> {
    const { spool, log } = this.options;
    while (!this.stopping.signal.aborted) {
      const segment = await spool.next();
      if (segment === undefined) return;
      try {
        await this.insertSegment(segment);
      } catch (cause) {
        if (this.stopping.signal.aborted) return;
        // Neither the store nor the disk should lead here; the file stays for the next start.
        log.error(`Segment ${segment.batchId} cannot be handled; it stays in the spool until a restart`, cause);
        spool.leaveForRestart(segment);
      }
    }
  }

  private async insertSegment(segment: Segment): Promise<void> {
    const { spool, log, metrics } = this.options;
    const startedAt = performance.now();
    const refusals: string[] = [];
    for (const [table, { rows, blocks }] of blocksByTable(await spool.read(segment))) {
      try {
        await this.insertUntilStored(segment, table, rows, blocks);
        metrics.stored(table, rows);
      } catch (cause) {
        if (!(cause instanceof StoreError) || cause.retryable) throw cause;
        refusals.push(`${table}, ${rows} rows: ${cause.message}`);
        metrics.refused(table, rows);
      }
    }
    if (refusals.length === 0) await spool.remove(segment);
    else {
      log.error(
        `The store refused batch ${segment.batchId}; it is set aside in the spool's quarantine: ${refusals[0]}`,
      );
      await spool.quarantine(segment, refusals.join('\n'));
    }
    metrics.inserted(performance.now() - startedAt);
  }

  /** @throws StoreError when the store refuses the rows for good */
  private async insertUntilStored(segment: Segment, table: BlockTable, rows: number, blocks: Buffer[]): Promise<void> {
    const { retryMsMin, retryMsMax, log, metrics, arrivals } = this.options;
    const insertedAtMs = arrivals?.next();
    for (let pauseMs = retryMsMin, attempt = 1; ; pauseMs = Math.min(pauseMs * 2, retryMsMax), attempt++) {
      try {
        await this.insert(segment, table, rows, blocks, segment.isLeftover || attempt > 1, insertedAtMs);
        if (insertedAtMs !== undefined) await arrivals?.stored({ table, rows, blocks, insertedAtMs });
        return;
      } catch (cause) {
        if (cause instanceof StoreError && !cause.retryable) throw cause;
        metrics.failed();
        if (attempt === 1 || attempt % 10 === 0) {
          log.warn(`The store does not take ${table} for now (attempt ${attempt}): ${String(cause)}`);
        }
        await sleep(pauseMs * (0.5 + Math.random() / 2), undefined, { signal: this.stopping.signal });
      }
    }
  }

  /**
   * Inserts once, under the batch's token, so that what an earlier attempt inserted is not inserted again. After a crash
   * a token may be known whose rows are not there; so a doubtful batch is counted, and what is missing inserted anew.
   */
  private async insert(
    segment: Segment,
    table: BlockTable,
    rows: number,
    blocks: Buffer[],
    isDoubtful: boolean,
    insertedAtMs: number | undefined,
  ): Promise<void> {
    const { store, log } = this.options;
    const id = segment.batchId;
    const batch = insertedAtMs === undefined ? { id } : { id, insertedAtMs };
    await store.insertBlocks(table, blocks, { ...batch, deduplicationToken: id });
    if (!isDoubtful) return;
    if (COUNTED_TABLES.has(table)) {
      const stored = await this.countStored(table, id);
      if (stored >= rows) return;
      log.warn(`Batch ${id} has ${stored} of its ${rows} rows in ${table}; it is inserted again`);
    }
    // The other tables keep one row a key, so inserting them twice changes nothing.
    await store.insertBlocks(table, blocks, { ...batch, deduplicationToken: `${id}-again` });
  }

  private async countStored(table: BlockTable, batchId: string): Promise<number> {
    const { store } = this.options;
    const sql = `SELECT count() AS stored FROM ${store.database}.${table} WHERE batch_id = {batchId:UInt64}`;
    const [row] = await store.query<{ stored: number }>(sql, { batchId });
    return Number(row?.stored ?? 0);
  }
}
