import { type FileHandle, rm } from 'node:fs/promises';
import type { Log } from '../log.ts';
import type { DecodedBlock } from '../otlp/decoded.ts';
import type { BlockTable } from '../store/store.ts';
import { DigestLedger } from './digest-ledger.ts';
import { encodeFrame } from './frame.ts';
import { IngestUnavailableError } from './ingest-error.ts';
import type { RequestDigest } from './request-digest.ts';
import { newBatchId, type Segment } from './segment.ts';
import { SegmentLine } from './segment-line.ts';
import { type SegmentContents, SegmentReader } from './segment-reader.ts';
import { type Durability, SpoolDirectory } from './spool-directory.ts';

export interface SpoolOptions {
  readonly directory: string;
  readonly log: Log;
  /** @default 'fsync' */
  readonly durability?: Durability;
  /** Bytes of all segments, beyond which nothing is accepted. @default 1 GiB */
  readonly bytesMax?: number;
  /** Age at which a segment is closed and inserted, in milliseconds. @default 1000 */
  readonly segmentAgeMs?: number;
  /** Rows at which a segment is closed before that. @default 50000 */
  readonly segmentRowsMax?: number;
  /** Bytes at which a segment is closed before that. @default 20 MiB */
  readonly segmentBytesMax?: number;
}

/**
 * The write-ahead log between receiving and storing. What {@link append} has resolved for is in a file, and stays there
 * until it was {@link remove}d because it is stored, or {@link quarantine}d because the store refused it for good.
 *
 *     append -> open segment --(age, rows, bytes)--> closed segments, oldest first -> next() -> remove | split | quarantine
 *
 * Requests that come while a write is under way share the next one, and its sync: group commit. Nothing of what is in a
 * file is kept in memory.
 */
export class Spool {
  private readonly options: Required<SpoolOptions>;
  private readonly files: SpoolDirectory;
  private readonly ledger: DigestLedger;
  private readonly reader = new SegmentReader();
  private readonly line = new SegmentLine();
  private openSegment: OpenSegment | undefined;
  private waiting: WaitingFrame[] = [];
  private flushIsDue = false;
  /** Writing and closing happen one after the other, so that no request is torn in two. */
  private turn: Promise<void> = Promise.resolve();
  private ageTimer: NodeJS.Timeout | undefined;
  private bytesTotal = 0;
  private closed = false;

  constructor(options: SpoolOptions) {
    this.options = {
      durability: 'fsync',
      bytesMax: 1 << 30,
      segmentAgeMs: 1_000,
      segmentRowsMax: 50_000,
      segmentBytesMax: 20 << 20,
      ...options,
    };
    const { directory, durability, log } = this.options;
    this.files = new SpoolDirectory(directory, durability, log);
    this.ledger = new DigestLedger({ directory, sync: durability === 'fsync' });
  }

  /**
   * Finds what an earlier process left and puts it first in line. A segment whose requests are all known from the ledger or
   * from a segment before it is stored already, or was about to be replaced: it goes.
   *
   * @returns digests of the requests that earlier processes accepted lately
   */
  async open(): Promise<RequestDigest[]> {
    await this.files.open();
    const known = new Set(await this.ledger.open());
    for await (const { segment, frames } of this.files.leftovers()) {
      const isKnown = frames.every(({ digest }) => known.has(digest));
      for (const { digest } of frames) known.add(digest);
      if (isKnown) await rm(segment.path, { force: true });
      else this.enqueue(segment);
    }
    if (this.line.length > 0) {
      this.options.log.info(`${this.line.length} segments of an earlier run are inserted first`);
    }
    return [...known];
  }

  /** Resolves when the request is in a file. @throws IngestUnavailableError when there is no room or the disk fails */
  append(digest: RequestDigest, blocks: readonly DecodedBlock[]): Promise<void> {
    const pieces = encodeFrame({ digest, blocks });
    const bytes = pieces.reduce((sum, piece) => sum + piece.length, 0);
    if (this.closed) return Promise.reject(new IngestUnavailableError('the collector is stopping'));
    if (!this.hasRoom(bytes)) return Promise.reject(spoolIsFull());
    this.bytesTotal += bytes;
    const rows = blocks.reduce((sum, block) => sum + block.rows, 0);
    return new Promise((resolve, reject) => {
      this.waiting.push({ rows, pieces, bytes, resolve, reject });
      if (this.flushIsDue) return;
      this.flushIsDue = true;
      // Requests of one turn of the event loop share a write.
      setImmediate(() => this.inTurn(() => this.flush()));
    });
  }

  hasRoom(bytes: number): boolean {
    return this.bytesTotal + bytes <= this.options.bytesMax;
  }

  /** The next of the {@link SegmentLine}; undefined when the spool was closed and nothing is left. */
  next(): Promise<Segment | undefined> {
    return this.line.next();
  }

  /** Closed segments that an earlier process left and that are still in line, oldest first. */
  leftovers(): Segment[] {
    return this.line.leftovers();
  }

  /** What a segment holds, valid until it leaves. @throws Error when the file is not what was written to it */
  read(segment: Segment): Promise<SegmentContents> {
    return this.reader.read(segment);
  }

  /** Forgets a segment that is stored, and remembers its requests. */
  async remove(segment: Segment, digests: readonly RequestDigest[]): Promise<void> {
    await this.remember(digests);
    await rm(segment.path, { force: true });
    this.leave(segment);
  }

  /**
   * Puts two segments in the place of one, so that what the store refused for good is narrowed down to single requests.
   * Killed in between, the next start finds all three, the whole one first, and drops the halves as known.
   *
   * @param stored tables whose rows the store has, so that the halves go without them
   */
  async split(segment: Segment, digests: readonly RequestDigest[], stored: ReadonlySet<BlockTable>): Promise<void> {
    const frames = (await this.files.frames(segment)).map(({ digest, blocks }) => ({
      digest,
      blocks: blocks.filter(({ table }) => !stored.has(table)),
    }));
    if (frames.length !== digests.length) throw new Error(`${segment.path} no longer holds all of its requests`);
    const middle = frames.length >> 1;
    const halves = [frames.slice(0, middle), frames.slice(middle)];
    const segments: Segment[] = [];
    for (const half of halves) {
      segments.push(await this.files.write(half, { batchId: newBatchId(), isLeftover: false }));
    }
    await rm(segment.path, { force: true });
    const place = this.leave(segment);
    for (const [index, half] of segments.entries()) this.enqueue(half, place + index);
  }

  /** Takes a segment out of line and leaves its file where the next start finds it. */
  leaveForRestart(segment: Segment): void {
    this.leave(segment);
  }

  /** Sets aside a segment that the store refused for good, with the reason beside it. */
  async quarantine(segment: Segment, digests: readonly RequestDigest[], reason: string): Promise<void> {
    await this.remember(digests);
    await this.files.setAside(segment.path, reason);
    this.leave(segment);
  }

  status(): SpoolStatus {
    return {
      bytes: this.bytesTotal,
      bytesMax: this.options.bytesMax,
      segments: this.line.length + (this.openSegment === undefined ? 0 : 1),
      quarantinedSegments: this.files.quarantinedSegments,
    };
  }

  /** Accepts nothing more, and closes the open segment so that it can be inserted. */
  async close(): Promise<void> {
    this.closed = true;
    await this.inTurn(() => this.flush());
    await this.inTurn(() => this.closeSegment());
    this.line.close();
  }

  /** After the last {@link remove}. */
  async closeLedger(): Promise<void> {
    await this.ledger.close();
  }

  private inTurn(work: () => Promise<void>): Promise<void> {
    this.turn = this.turn.then(work).catch((cause) => this.options.log.error('The spool failed', cause));
    return this.turn;
  }

  private async flush(): Promise<void> {
    this.flushIsDue = false;
    const group = this.waiting;
    if (group.length === 0) return;
    this.waiting = [];
    try {
      await this.write(group);
      for (const frame of group) frame.resolve();
    } catch (cause) {
      const failure = new IngestUnavailableError('the spool cannot be written', { cause });
      for (const frame of group) {
        this.bytesTotal -= frame.bytes;
        frame.reject(failure);
      }
      this.options.log.error('The spool cannot be written', cause);
    }
  }

  private async write(group: readonly WaitingFrame[]): Promise<void> {
    const current = this.openSegment ?? (await this.startSegment());
    const bytes = group.reduce((sum, frame) => sum + frame.bytes, 0);
    try {
      const { bytesWritten } = await current.handle.writev(group.flatMap((frame) => frame.pieces));
      if (bytesWritten !== bytes) throw new Error(`only ${bytesWritten} of ${bytes} bytes were written`);
      await this.files.sync(current.handle);
    } catch (cause) {
      // A torn frame in the middle would hide those after it, so nothing is written behind it.
      await current.handle.truncate(current.segment.bytes).catch(() => {});
      await this.closeSegment();
      throw cause;
    }
    current.segment.bytes += bytes;
    current.rows += group.reduce((sum, { rows }) => sum + rows, 0);
    const { segmentRowsMax, segmentBytesMax } = this.options;
    if (current.rows >= segmentRowsMax || current.segment.bytes >= segmentBytesMax) await this.closeSegment();
  }

  private async startSegment(): Promise<OpenSegment> {
    this.openSegment = { ...(await this.files.create()), rows: 0 };
    this.ageTimer = setTimeout(() => this.inTurn(() => this.closeSegment()), this.options.segmentAgeMs);
    this.ageTimer.unref();
    return this.openSegment;
  }

  private async closeSegment(): Promise<void> {
    const current = this.openSegment;
    if (current === undefined) return;
    this.openSegment = undefined;
    clearTimeout(this.ageTimer);
    await current.handle.close();
    const { segment } = current;
    if (segment.bytes === 0) await rm(segment.path, { force: true });
    else this.line.add(segment);
  }

  private async remember(digests: readonly RequestDigest[]): Promise<void> {
    await this.ledger.append(digests).catch((cause: unknown) => {
      // What is stored must leave the spool even on a full disk; only a request sent again after a restart is unknown then.
      this.options.log.warn(`Accepted requests cannot be noted for the next start: ${String(cause)}`);
    });
  }

  private enqueue(segment: Segment, place?: number): void {
    this.bytesTotal += segment.bytes;
    this.line.add(segment, place);
  }

  /** @returns the place in line that it had */
  private leave(segment: Segment): number {
    const place = this.line.leave(segment);
    if (place >= 0) this.bytesTotal -= segment.bytes;
    return Math.max(place, 0);
  }
}

export function spoolIsFull(): IngestUnavailableError {
  return new IngestUnavailableError('the spool is full: the store is behind');
}

export interface SpoolStatus {
  /** Accepted and not stored yet. */
  readonly bytes: number;
  readonly bytesMax: number;
  readonly segments: number;
  /** Files in the quarantine, those of earlier runs included. */
  readonly quarantinedSegments: number;
}

interface OpenSegment {
  readonly segment: Segment;
  readonly handle: FileHandle;
  rows: number;
}

interface WaitingFrame {
  readonly rows: number;
  readonly pieces: readonly Buffer[];
  readonly bytes: number;
  readonly resolve: () => void;
  readonly reject: (failure: IngestUnavailableError) => void;
}
