import { setTimeout as sleep } from 'node:timers/promises';
import type { Log } from '../log.ts';
import type { BlockSource, Blocks, HandedOver } from '../store/block-source.ts';
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
 * Brings the spool's segments into the store, one at a time, oldest first: while one is inserted, the next is read and handed
 * over, and what follows the last is done. What fails for now is tried again until it succeeds, while the spool holds what
 * comes after; what is refused for good is narrowed down to the requests that the store refuses, and they are set aside, so
 * that they hold up nothing.
 *
 *     segment 3   read, hand over │ insert
 *     segment 2                   │ ...insert            │ tell, remember, remove
 *     segment 1                   │ tell, remember, remove
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
    await this.recover();
    let ahead = this.readNext();
    let following: Promise<unknown> = Promise.resolve();
    for (;;) {
      const next = await ahead;
      if (next === undefined || this.stopping.signal.aborted) break;
      ahead = this.readNext();
      const { segment, contents } = next;
      const inserted = await this.attend(segment, () => this.insertContents(segment, contents));
      await following;
      following = this.follow(next, inserted);
      // Rollups are compared while nothing is inserted, or what is half inserted would look torn.
      if (inserted?.isDoubtful) await following;
    }
    await following;
  }

  /** Undefined when the spool was closed and nothing is left, or when stopping. */
  private async readNext(): Promise<ReadSegment | undefined> {
    const { spool, store } = this.options;
    for (;;) {
      const segment = await spool.next();
      if (segment === undefined || this.stopping.signal.aborted) return undefined;
      const read = await this.attend(segment, async () => {
        const { digests, tables } = await spool.read(segment);
        const handedOver = new Map<BlockTable, BlockSource>();
        for (const [table, blocks] of tables) {
          // What fails here is tried again by the insertion, which says so.
          handedOver.set(table, await store.handOver(blocks).catch(() => blocks));
        }
        return { segment, contents: { digests, tables: handedOver } };
      });
      if (read !== undefined) return read;
    }
  }

  /** What is left to do for a segment that was inserted, as far as the store took it. */
  private async follow({ segment, contents }: ReadSegment, inserted: Inserted | undefined): Promise<void> {
    if (inserted !== undefined) {
      await this.attend(segment, async () => {
        await this.tellArrivals(inserted);
        if (inserted.isDoubtful) await this.reconcile([segment.batchId]);
        if (!inserted.isRefused) await this.options.spool.remove(segment, contents.digests);
      });
    }
    for (const blocks of contents.tables.values()) await (blocks as Partial<HandedOver>).release?.();
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
      const refused = new Set<Segment>();
      for (const segment of left.slice(0, RECONCILED_SEGMENTS_MAX)) {
        await this.attend(segment, async () => {
          const result = await this.insertContents(segment, await spool.read(segment));
          await this.tellArrivals(result);
          inserted.push(segment);
          if (result.isRefused) refused.add(segment);
        });
      }
      if (this.stopping.signal.aborted) return;
      await this.reconcile(inserted.map(({ batchId }) => batchId));
      for (const segment of inserted) {
        if (refused.has(segment)) continue;
        await this.attend(segment, async () => spool.remove(segment, (await spool.read(segment)).digests));
      }
      const stored = inserted.length - refused.size;
      metrics.recovered(stored);
      log.info(`${stored} segments of an earlier run are stored`);
    }
    this.isRecovered();
  }

  /** Neither the store nor the disk should fail here; if something does, the file stays for the next start. */
  private async attend<Result>(segment: Segment, work: () => Promise<Result>): Promise<Result | undefined> {
    const { spool, log } = this.options;
    try {
      return await work();
    } catch (cause) {
      if (this.stopping.signal.aborted) return undefined;
      log.error(`Segment ${segment.batchId} cannot be handled; it stays in the spool until a restart`, cause);
      spool.leaveForRestart(segment);
      return undefined;
    }
  }

  /** Table by table; what the store refuses for good is out of line then, and of it the tables that were not stored before. */
  private async insertContents(segment: Segment, contents: SegmentContents): Promise<Inserted> {
    const { spool, metrics } = this.options;
    const startedAt = performance.now();
    const insertions: Insertion[] = [];
    let isDoubtful = segment.isLeftover;
    let refusal: StoreError | undefined;
    try {
      for (const [table, blocks] of contents.tables) {
        const { attempts, insertedAtMs } = await this.insertUntilStored(segment, table, blocks);
        insertions.push({ table, rows: blocks.rows, blocks, insertedAtMs });
        metrics.stored(table, blocks.rows);
        if (attempts > 1) isDoubtful = true;
      }
      metrics.inserted(performance.now() - startedAt);
    } catch (cause) {
      if (!(cause instanceof StoreError) || cause.retryable) throw cause;
      refusal = cause;
    }
    if (refusal !== undefined) {
      const stored = new Set(insertions.map(({ table }) => table));
      if (contents.digests.length > 1) await spool.split(segment, contents.digests, stored);
      else await this.quarantine(segment, contents, stored, refusal);
    }
    return { insertions, isDoubtful, isRefused: refusal !== undefined };
  }

  private async tellArrivals({ insertions }: Inserted): Promise<void> {
    for (const { insertedAtMs, ...rest } of insertions) {
      if (insertedAtMs !== undefined) await this.options.arrivals?.stored({ ...rest, insertedAtMs });
    }
  }

  private async quarantine(
    segment: Segment,
    contents: SegmentContents,
    stored: ReadonlySet<BlockTable>,
    cause: StoreError,
  ): Promise<void> {
    const { spool, log, metrics } = this.options;
    for (const [table, { rows }] of contents.tables) if (!stored.has(table)) metrics.refused(table, rows);
    log.error(`The store refused a request for good; it is set aside in the spool's quarantine: ${cause.message}`);
    await spool.quarantine(segment, contents.digests, cause.message);
  }

  /** @throws StoreError when the store refuses the rows for good */
  private async insertUntilStored(segment: Segment, table: BlockTable, blocks: BlockSource) {
    const { store, log, arrivals } = this.options;
    const { batchId, isLeftover } = segment;
    const insertedAtMs = arrivals?.next();
    const batch = { id: batchId, deduplicationToken: batchId, ...(insertedAtMs === undefined ? {} : { insertedAtMs }) };
    const attempts = await this.untilAnswered(`take ${table}`, (attempt) =>
      isLeftover || attempt > 1
        ? insertExactly(store, { batch, table, blocks }, log)
        : store.insertBlocks(table, blocks, batch),
    );
    return { attempts, insertedAtMs };
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

interface ReadSegment {
  readonly segment: Segment;
  readonly contents: SegmentContents;
}

interface Insertion {
  readonly table: BlockTable;
  readonly rows: number;
  readonly blocks: BlockSource;
  readonly insertedAtMs: number | undefined;
}

/** What came of a segment. */
interface Inserted {
  /** What is stored of it. */
  readonly insertions: readonly Insertion[];
  /** Whether an attempt before the one that succeeded may have left traces. */
  readonly isDoubtful: boolean;
  /** Whether the rest was refused for good. */
  readonly isRefused: boolean;
}
