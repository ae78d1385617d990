import { setTimeout as sleep } from 'node:timers/promises';
import type { Log } from '../log.ts';
import type { BlockSource, Blocks } from '../store/block-source.ts';
import { type BlockTable, type Store, StoreError } from '../store/store.ts';
import { insertExactly } from './exact-insert.ts';
import type { IngestMetrics } from './ingest-metrics.ts';
import { reconcileRollups } from './reconcile-rollups.ts';
import type { Segment } from './segment.ts';
import type { SegmentContents } from './segment-reader.ts';
import type { Spool } from './spool.ts';

export interface InserterOptions {
  readonly store: Store;
  readonly spool: Spool;
  readonly log: Log;
  readonly metrics: IngestMetrics;
  readonly retentionDays: number;
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
  /** After rows are stored. Fails only where their blocks cannot be read again. */
  stored(insertion: {
    readonly table: BlockTable;
    readonly rows: number;
    readonly blocks: Blocks;
    readonly insertedAtMs: number;
  }): Promise<void>;
}

/** An insert that is under way when stopping cannot be called back; it is not waited for longer than this. */
const INSERT_GRACE_MS = 1_000;
/** A body that was cut on its way is refused as if it were the data's fault, so once is not enough. */
const REFUSALS_BELIEVED = 3;
/** Leftover segments whose minutes are compared at once. */
const RECONCILED_SEGMENTS_MAX = 32;

/**
 * Brings the spool's segments into the store, one at a time, oldest first. What fails for now is tried again until it
 * succeeds, while the spool holds what comes after; what is refused for good is narrowed down to the requests that the
 * store refuses, and they are set aside, so that they hold up nothing.
 */
export class Inserter {
  /** Resolves when what an earlier process left is in the store, exactly, or when stopping. */
  readonly recovered: Promise<void>;
  private readonly options: InserterOptions & Required<Pick<InserterOptions, 'retryMsMin' | 'retryMsMax'>>;
  private readonly stopping = new AbortController();
  private running: Promise<void> = Promise.resolve();
  private isRecovered!: () => void;

  constructor(options: InserterOptions) {
    this.options = { retryMsMin: 250, retryMsMax: 10_000, ...options };
    this.recovered = new Promise((resolve) => {
      this.isRecovered = resolve;
    });
  }

  start(): void {
    this.running = this.run()
      .catch((cause: unknown) => {
        if (!this.stopping.signal.aborted) this.options.log.error('Inserting has ended', cause);
      })
      .finally(() => this.isRecovered());
  }

  /** Lets it work until the spool is empty or `graceMs` have passed; what is left stays in the spool. */
  async stop(graceMs: number): Promise<void> {
    const timer = setTimeout(() => this.stopping.abort(), graceMs);
    const giveUp = sleep(graceMs + INSERT_GRACE_MS, undefined, { ref: false });
    await Promise.race([this.running, giveUp]);
    clearTimeout(timer);
  }

  private async run(): Promise<void> {
    const { spool } = this.options;
    await this.recover();
    while (!this.stopping.signal.aborted) {
      const segment = await spool.next();
      if (segment === undefined) return;
      await this.attend(segment, async () => {
        const contents = await spool.read(segment);
        const isDoubtful = await this.insertContents(segment, contents);
        if (isDoubtful === undefined) return;
        if (isDoubtful) await this.reconcile([segment.batchId]);
        await spool.remove(segment, contents.digests);
      });
    }
  }

  /**
   * What an earlier process left goes first, before anything new: each batch exactly once, then the rollups of their
   * minutes. A segment is forgotten only after both, so that a kill in between leads here again.
   */
  private async recover(): Promise<void> {
    const { spool, log, metrics } = this.options;
    for (let left = spool.leftovers(); left.length > 0; left = spool.leftovers()) {
      if (this.stopping.signal.aborted) return;
      const inserted: Segment[] = [];
      for (const segment of left.slice(0, RECONCILED_SEGMENTS_MAX)) {
        await this.attend(segment, async () => {
          const isDoubtful = await this.insertContents(segment, await spool.read(segment));
          if (isDoubtful !== undefined) inserted.push(segment);
        });
      }
      if (this.stopping.signal.aborted) return;
      await this.reconcile(inserted.map(({ batchId }) => batchId));
      for (const segment of inserted) {
        await this.attend(segment, async () => spool.remove(segment, (await spool.read(segment)).digests));
      }
      metrics.recovered(inserted.length);
      log.info(`${inserted.length} segments of an earlier run are stored`);
    }
    this.isRecovered();
  }

  /** Neither the store nor the disk should fail here; if something does, the file stays for the next start. */
  private async attend(segment: Segment, work: () => Promise<void>): Promise<void> {
    const { spool, log } = this.options;
    try {
      await work();
    } catch (cause) {
      if (this.stopping.signal.aborted) return;
      log.error(`Segment ${segment.batchId} cannot be handled; it stays in the spool until a restart`, cause);
      spool.leaveForRestart(segment);
    }
  }

  /**
   * @returns whether an attempt before the one that succeeded may have left traces; undefined when the store refused the
   *   segment for good, which is out of line then
   */
  private async insertContents(segment: Segment, contents: SegmentContents): Promise<boolean | undefined> {
    const { spool, metrics } = this.options;
    const startedAt = performance.now();
    let isDoubtful = segment.isLeftover;
    try {
      for (const [table, blocks] of contents.tables) {
        if ((await this.insertUntilStored(segment, table, blocks)) > 1) isDoubtful = true;
      }
    } catch (cause) {
      if (!(cause instanceof StoreError) || cause.retryable) throw cause;
      if (contents.digests.length > 1) await spool.split(segment, contents.digests);
      else await this.quarantine(segment, contents, cause);
      return undefined;
    }
    for (const [table, { rows }] of contents.tables) metrics.stored(table, rows);
    metrics.inserted(performance.now() - startedAt);
    return isDoubtful;
  }

  private async quarantine(segment: Segment, contents: SegmentContents, cause: StoreError): Promise<void> {
    const { spool, log, metrics } = this.options;
    for (const [table, { rows }] of contents.tables) metrics.refused(table, rows);
    log.error(`The store refused a request for good; it is set aside in the spool's quarantine: ${cause.message}`);
    await spool.quarantine(segment, contents.digests, cause.message);
  }

  /** @returns how many attempts it took @throws StoreError when the store refuses the rows for good */
  private async insertUntilStored(segment: Segment, table: BlockTable, blocks: BlockSource): Promise<number> {
    const { store, log, arrivals } = this.options;
    const { batchId, isLeftover } = segment;
    const insertedAtMs = arrivals?.next();
    const batch = { id: batchId, deduplicationToken: batchId, ...(insertedAtMs === undefined ? {} : { insertedAtMs }) };
    const attempts = await this.untilAnswered(`take ${table}`, (attempt) =>
      isLeftover || attempt > 1
        ? insertExactly(store, { batch, table, blocks }, log)
        : store.insertBlocks(table, blocks, batch),
    );
    if (insertedAtMs !== undefined) await arrivals?.stored({ table, rows: blocks.rows, blocks, insertedAtMs });
    return attempts;
  }

  private async reconcile(batchIds: readonly string[]): Promise<void> {
    const { store, retentionDays, log, metrics } = this.options;
    if (batchIds.length === 0) return;
    const compared = this.untilAnswered('compare its rollups', async () => {
      const result = await reconcileRollups(store, { batchIds, retentionDays, nowMs: Date.now() });
      if (result === undefined) return;
      metrics.reconciled(result);
      const { rebuiltMinutes, rebuiltHours, skippedMinutes } = result;
      if (rebuiltMinutes + rebuiltHours > 0) {
        log.warn(
          `An interrupted insert had left rollups torn; rebuilt ${rebuiltMinutes} minutes, ${rebuiltHours} hours`,
        );
      }
      if (skippedMinutes > 0) log.warn(`${skippedMinutes} minutes are too old to be compared with their raw spans`);
    });
    await compared.catch((cause: unknown) => {
      if (!(cause instanceof StoreError)) throw cause;
      log.error('The rollups cannot be compared with the spans of an interrupted insert', cause);
    });
  }

  /** @returns how many attempts it took @throws StoreError when the store refuses for good */
  private async untilAnswered(what: string, work: (attempt: number) => Promise<void>): Promise<number> {
    const { retryMsMin, retryMsMax, log, metrics } = this.options;
    let refusals = 0;
    for (let pauseMs = retryMsMin, attempt = 1; ; pauseMs = Math.min(pauseMs * 2, retryMsMax), attempt++) {
      try {
        await work(attempt);
        return attempt;
      } catch (cause) {
        if (cause instanceof StoreError && !cause.retryable && ++refusals >= REFUSALS_BELIEVED) throw cause;
        metrics.failed();
        if (attempt === 1 || attempt % 10 === 0) {
          log.warn(`The store does not ${what} for now (attempt ${attempt}): ${String(cause)}`);
        }
        await sleep(pauseMs * (0.5 + Math.random() / 2), undefined, { signal: this.stopping.signal });
      }
    }
  }
}
