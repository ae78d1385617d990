import { type FileHandle, mkdir, open, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { Log } from '../log.ts';
import type { DecodedBlock } from '../otlp/decoded.ts';
import { encodeFrame } from './frame.ts';
import { IngestUnavailableError } from './ingest-error.ts';
import { newBatchId, parseSegmentName, type Segment, scanSegment, segmentName } from './segment.ts';

export interface SpoolOptions {
  readonly directory: string;
  readonly log: Log;
  /** Bytes of all segments, beyond which nothing is accepted. @default 1 GiB */
  readonly bytesMax?: number;
  /** Bytes of closed segments that are kept in memory, so that they need not be read back. @default 128 MiB */
  readonly memoryBytesMax?: number;
  /** Age at which a segment is closed and inserted, in milliseconds. @default 1000 */
  readonly segmentAgeMs?: number;
  /** Rows at which a segment is closed before that. @default 10000 */
  readonly segmentRowsMax?: number;
  /** Bytes at which a segment is closed before that. @default 16 MiB */
  readonly segmentBytesMax?: number;
}

const QUARANTINE = 'quarantine';

/**
 * The write-ahead log between receiving and storing. What {@link append} has resolved for is in a file, and stays there
 * until it was {@link remove}d because it is stored, or {@link quarantine}d because the store refused it for good.
 *
 *     append -> open segment --(age, rows, bytes)--> closed segments, oldest first -> next() -> remove | quarantine
 */
export class Spool {
  private readonly options: Required<SpoolOptions>;
  private readonly closedSegments: Segment[] = [];
  private openSegment: OpenSegment | undefined;
  private waiting: WaitingFrame[] = [];
  private flushIsDue = false;
  /** Writing and closing happen one after the other, so that no request is torn in two. */
  private turn: Promise<void> = Promise.resolve();
  private ageTimer: NodeJS.Timeout | undefined;
  private sequence = 0;
  private bytesTotal = 0;
  private memoryBytes = 0;
  private quarantined = 0;
  private segmentsTotal = 0;
  private closed = false;
  private drained = false;
  private wake: (() => void) | undefined;

  constructor(options: SpoolOptions) {
    this.options = {
      bytesMax: 1 << 30,
      memoryBytesMax: 128 << 20,
      segmentAgeMs: 1_000,
      segmentRowsMax: 10_000,
      segmentBytesMax: 16 << 20,
      ...options,
    };
  }

  /** Finds what an earlier process left and puts it first in line; damaged files are set aside. */
  async open(): Promise<void> {
    const { directory, log } = this.options;
    await mkdir(join(directory, QUARANTINE), { recursive: true });
    const quarantined = await readdir(join(directory, QUARANTINE));
    this.quarantined = quarantined.filter((name) => parseSegmentName(name) !== undefined).length;
    const names = (await readdir(directory)).filter((name) => parseSegmentName(name) !== undefined).sort();
    for (const name of names) await this.takeOver(join(directory, name));
    if (this.closedSegments.length > 0) {
      log.info(`${this.closedSegments.length} segments of an earlier run are inserted first`);
    }
  }

  /** Resolves when the blocks are in a file. @throws IngestUnavailableError when there is no room or the disk fails */
  append(blocks: readonly DecodedBlock[]): Promise<void> {
    const pieces = encodeFrame(blocks);
    const bytes = pieces.reduce((sum, piece) => sum + piece.length, 0);
    if (this.closed) return Promise.reject(new IngestUnavailableError('the collector is stopping'));
    if (this.bytesTotal + bytes > this.options.bytesMax) {
      return Promise.reject(new IngestUnavailableError('the spool is full: the store is behind'));
    }
    this.bytesTotal += bytes;
    return new Promise((resolve, reject) => {
      this.waiting.push({ blocks, pieces, bytes, resolve, reject });
      if (this.flushIsDue) return;
      this.flushIsDue = true;
      // Requests of one turn of the event loop share a write.
      setImmediate(() => this.inTurn(() => this.flush()));
    });
  }

  /** The oldest closed segment, once there is one; undefined when the spool was closed and nothing is left. */
  async next(): Promise<Segment | undefined> {
    while (this.closedSegments.length === 0) {
      if (this.drained) return undefined;
      await new Promise<void>((resolve) => {
        this.wake = resolve;
      });
    }
    return this.closedSegments[0];
  }

  /** What a segment holds, from memory or else from its file. */
  async read(segment: Segment): Promise<DecodedBlock[][]> {
    return segment.frames ?? (await scanSegment(segment.path)).frames;
  }

  /** Forgets a segment that is stored. */
  async remove(segment: Segment): Promise<void> {
    await rm(segment.path, { force: true });
    this.leave(segment);
  }

  /** Takes a segment out of line and leaves its file where the next start finds it. */
  leaveForRestart(segment: Segment): void {
    this.leave(segment);
  }

  /** Sets aside a segment that the store refused for good, with the reason beside it. */
  async quarantine(segment: Segment, reason: string): Promise<void> {
    await this.setAside(segment.path, reason);
    this.leave(segment);
  }

  status(): SpoolStatus {
    return {
      bytes: this.bytesTotal,
      bytesMax: this.options.bytesMax,
      segments: this.segmentsTotal,
      quarantinedSegments: this.quarantined,
    };
  }

  /** Accepts nothing more, and closes the open segment so that it can be inserted. */
  async close(): Promise<void> {
    this.closed = true;
    await this.inTurn(() => this.flush());
    await this.inTurn(() => this.closeSegment());
    this.drained = true;
    this.wake?.();
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
    } catch (cause) {
      // A torn frame in the middle would hide those after it, so nothing is written behind it.
      await current.handle.truncate(current.segment.bytes).catch(() => {});
      await this.closeSegment();
      throw cause;
    }
    current.segment.bytes += bytes;
    for (const { blocks } of group) {
      current.segment.frames!.push([...blocks]);
      current.rows += blocks.reduce((sum, { rows }) => sum + rows, 0);
    }
    const { segmentRowsMax, segmentBytesMax } = this.options;
    if (current.rows >= segmentRowsMax || current.segment.bytes >= segmentBytesMax) await this.closeSegment();
  }

  private async startSegment(): Promise<OpenSegment> {
    const batchId = newBatchId();
    const path = join(this.options.directory, segmentName(++this.sequence, batchId));
    const handle = await open(path, 'ax');
    const segment: Segment = { path, batchId, bytes: 0, frames: [], isLeftover: false };
    this.openSegment = { segment, handle, rows: 0 };
    this.segmentsTotal++;
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
    if (segment.bytes === 0) {
      this.segmentsTotal--;
      await rm(segment.path, { force: true });
    } else {
      if (this.memoryBytes + segment.bytes > this.options.memoryBytesMax) segment.frames = undefined;
      else this.memoryBytes += segment.bytes;
      this.closedSegments.push(segment);
    }
    this.wake?.();
  }

  private async takeOver(path: string): Promise<void> {
    const { sequence, batchId } = parseSegmentName(path)!;
    const { log } = this.options;
    this.sequence = Math.max(this.sequence, sequence);
    const { frames, bytes, damagedFrames, tornBytes } = await scanSegment(path);
    if (tornBytes > 0) log.info(`${basename(path)} ends in ${tornBytes} bytes of a request that was not acknowledged`);
    if (damagedFrames > 0) {
      log.warn(`${basename(path)} is damaged: ${damagedFrames} requests cannot be read`);
      if (frames.length > 0) await this.copyReadable(frames, batchId);
      await this.setAside(path, `${damagedFrames} requests do not match their checksum`);
    } else if (frames.length === 0) await rm(path, { force: true });
    else this.addLeftover(path, batchId, bytes);
  }

  /** What can be read of a damaged segment becomes a segment of its own, of the same batch. */
  private async copyReadable(frames: readonly DecodedBlock[][], batchId: string): Promise<void> {
    const path = join(this.options.directory, segmentName(++this.sequence, batchId));
    const pieces = frames.flatMap((blocks) => encodeFrame(blocks));
    await writeFile(`${path}.tmp`, pieces);
    await rename(`${path}.tmp`, path);
    this.addLeftover(
      path,
      batchId,
      pieces.reduce((sum, piece) => sum + piece.length, 0),
    );
  }

  private addLeftover(path: string, batchId: string, bytes: number): void {
    this.bytesTotal += bytes;
    this.segmentsTotal++;
    this.closedSegments.push({ path, batchId, bytes, frames: undefined, isLeftover: true });
  }

  private async setAside(path: string, reason: string): Promise<void> {
    const target = join(this.options.directory, QUARANTINE, basename(path));
    await rename(path, target);
    await writeFile(`${target}.reason.txt`, `${reason}\n`);
    this.quarantined++;
  }

  private leave(segment: Segment): void {
    const place = this.closedSegments.indexOf(segment);
    if (place >= 0) this.closedSegments.splice(place, 1);
    this.bytesTotal -= segment.bytes;
    this.segmentsTotal--;
    if (segment.frames !== undefined) this.memoryBytes -= segment.bytes;
  }
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
  readonly blocks: readonly DecodedBlock[];
  readonly pieces: readonly Buffer[];
  readonly bytes: number;
  readonly resolve: () => void;
  readonly reject: (failure: IngestUnavailableError) => void;
}
