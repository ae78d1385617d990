import { type FileHandle, mkdir, open, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { Log } from '../log.ts';
import { encodeFrame, type Frame, scanFrames } from './frame.ts';
import { newBatchId, parseSegmentName, type Segment, segmentName } from './segment.ts';

/** What must be on disk before a request is acknowledged: `fsync` survives a loss of power, `os` the end of the process. */
export type Durability = 'fsync' | 'os';

const QUARANTINE = 'quarantine';

/** A leftover segment and what is in it. */
export interface Leftover {
  readonly segment: Segment;
  readonly frames: readonly Frame[];
}

/**
 * The files of the spool: segments, and below `quarantine/` those that were set aside, each with its reason beside it.
 * A file appears under its name only when it is whole, or empty; one that is being appended to may end in a torn frame.
 */
export class SpoolDirectory {
  quarantinedSegments = 0;
  private readonly path: string;
  private readonly durability: Durability;
  private readonly log: Log;
  private sequence = 0;

  constructor(path: string, durability: Durability, log: Log) {
    this.path = path;
    this.durability = durability;
    this.log = log;
  }

  async open(): Promise<void> {
    await mkdir(join(this.path, QUARANTINE), { recursive: true });
    const quarantined = await readdir(join(this.path, QUARANTINE));
    this.quarantinedSegments = quarantined.filter((name) => parseSegmentName(name) !== undefined).length;
    for (const name of await readdir(this.path)) {
      if (name.endsWith('.tmp')) await rm(join(this.path, name), { force: true });
    }
  }

  /** What an earlier process left, oldest first. Damaged files are set aside, and what can be read of them is kept. */
  async *leftovers(): AsyncGenerator<Leftover> {
    const names = (await readdir(this.path)).filter((name) => parseSegmentName(name) !== undefined).sort();
    const last = names.at(-1);
    if (last !== undefined) this.sequence = parseSegmentName(last)!.sequence;
    for (const name of names) {
      const leftover = await this.takeOver(join(this.path, name)).catch((cause: unknown) => {
        // One file that the disk does not give back must not keep the collector from starting; it stays where it is.
        this.log.error(`${name} cannot be read and stays in the spool`, cause);
        return undefined;
      });
      if (leftover !== undefined) yield leftover;
    }
  }

  /** An empty segment to append to. */
  async create(): Promise<{ segment: Segment; handle: FileHandle }> {
    const batchId = newBatchId();
    const path = this.pathOf(batchId);
    const handle = await open(path, 'ax');
    await this.syncNames();
    return { segment: { path, batchId, bytes: 0, isLeftover: false }, handle };
  }

  /** A whole segment at once. */
  async write(frames: readonly Frame[], { batchId, isLeftover }: Omit<Segment, 'path' | 'bytes'>): Promise<Segment> {
    const path = this.pathOf(batchId);
    const pieces = frames.flatMap(encodeFrame);
    const handle = await open(`${path}.tmp`, 'w');
    try {
      for (const piece of pieces) await handle.writeFile(piece);
      await this.sync(handle);
    } finally {
      await handle.close();
    }
    await rename(`${path}.tmp`, path);
    await this.syncNames();
    const bytes = pieces.reduce((sum, piece) => sum + piece.length, 0);
    return { path, batchId, bytes, isLeftover };
  }

  /** All that can be read of a segment, in memory. */
  async frames(segment: Segment): Promise<readonly Frame[]> {
    return scanFrames(await readFile(segment.path)).frames;
  }

  async sync(handle: FileHandle): Promise<void> {
    if (this.durability === 'fsync') await handle.datasync();
  }

  async setAside(path: string, reason: string): Promise<void> {
    const target = join(this.path, QUARANTINE, basename(path));
    await rename(path, target);
    this.quarantinedSegments++;
    // The reason is also in the log; a full disk must not keep the file in line.
    await writeFile(`${target}.reason.txt`, `${reason}\n`).catch(() => {});
  }

  private pathOf(batchId: string): string {
    return join(this.path, segmentName(++this.sequence, batchId));
  }

  private async takeOver(path: string): Promise<Leftover | undefined> {
    const { batchId } = parseSegmentName(path)!;
    const bytes = await readFile(path);
    const { frames, damagedFrames, tornBytes } = scanFrames(bytes);
    if (tornBytes > 0) {
      this.log.info(`${basename(path)} ends in ${tornBytes} bytes of a request that was not acknowledged`);
    }
    if (damagedFrames > 0) {
      this.log.warn(`${basename(path)} is damaged: ${damagedFrames} requests cannot be read`);
      const copy = frames.length > 0 ? await this.write(frames, { batchId, isLeftover: true }) : undefined;
      await this.setAside(path, `${damagedFrames} requests do not match their checksum`);
      return copy === undefined ? undefined : { segment: copy, frames };
    }
    if (frames.length === 0) {
      await rm(path, { force: true });
      return undefined;
    }
    return { segment: { path, batchId, bytes: bytes.length, isLeftover: true }, frames };
  }

  /** A new name is on disk only once its directory is. */
  private async syncNames(): Promise<void> {
    if (this.durability !== 'fsync') return;
    const handle = await open(this.path, 'r');
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  }
}
