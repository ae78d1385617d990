import { type FileHandle, open } from 'node:fs/promises';
import { basename } from 'node:path';
import type { BlockSource } from '../store/block-source.ts';
import { type BlockTable, StoreError } from '../store/store.ts';
import { type Frame, scanFrames } from './frame.ts';
import type { RequestDigest } from './request-digest.ts';
import type { Segment } from './segment.ts';

/** What a segment holds; the rows stay in the file until they are asked for. */
export interface SegmentContents {
  /** Of its requests, in the order in which they were accepted. */
  readonly digests: readonly RequestDigest[];
  /** In the order in which they are to be inserted; none is empty. */
  readonly tables: ReadonlyMap<BlockTable, BlockSource>;
}

/** Of a file, so much is in memory at once; more only where one request is longer. */
const PIECE_BYTES = 2 << 20;

/**
 * Reads segments piece by piece, into buffers that are used again: that leaves no garbage outside of the heap. There are as
 * many as readings go on at once.
 */
export class SegmentReader {
  private readonly idle: Buffer[] = [];

  /** Goes through all of the file. @throws Error when it is not what was written to it */
  async read(segment: Segment): Promise<SegmentContents> {
    const digests: RequestDigest[] = [];
    const tables = new Map<BlockTable, BlocksOfTable>();
    const file = await this.open(segment);
    try {
      for (let at = 0, length = PIECE_BYTES; at < segment.bytes; ) {
        const piece = await file.piece(at, Math.min(length, segment.bytes - at));
        const { frames, tornBytes, damagedFrames } = scanFrames(piece);
        const isEnd = at + piece.length === segment.bytes;
        // What an earlier process left may end in a request that was never acknowledged.
        const isTorn = isEnd && tornBytes > 0 && !segment.isLeftover;
        if (damagedFrames > 0 || isTorn) throw new Error(`${basename(segment.path)} is not as it was written`);
        for (const frame of frames) {
          digests.push(frame.digest);
          this.note(tables, segment, frame, at - piece.byteOffset);
        }
        if (isEnd) break;
        at += piece.length - tornBytes;
        length = frames.length === 0 ? length * 2 : PIECE_BYTES;
      }
    } finally {
      this.idle.push(await file.close());
    }
    return { digests, tables };
  }

  /** @param shift from a position in memory to the one in the file */
  private note(tables: Map<BlockTable, BlocksOfTable>, segment: Segment, { blocks }: Frame, shift: number): void {
    for (const { table, rows, bytes } of blocks) {
      const noted = tables.get(table) ?? this.tableOf(segment);
      tables.set(table, noted);
      noted.rows += rows;
      noted.places.push({ at: bytes.byteOffset + shift, length: bytes.length });
    }
  }

  private tableOf(segment: Segment): BlocksOfTable {
    const places: Place[] = [];
    return { rows: 0, places, pieces: () => this.pieces(segment, places) };
  }

  private async *pieces(segment: Segment, places: readonly Place[]): AsyncGenerator<readonly Uint8Array[]> {
    const told = (cause: unknown) => {
      throw unreadable(segment, cause);
    };
    const file = await this.open(segment).catch(told);
    try {
      for (let first = 0, next = 0; first < places.length; first = next) {
        const { at } = places[first]!;
        for (next++; next < places.length && endOf(places[next]!) - at <= PIECE_BYTES; next++) {
          // As many as fit.
        }
        const piece = await file.piece(at, endOf(places[next - 1]!) - at).catch(told);
        yield places.slice(first, next).map((place) => piece.subarray(place.at - at, endOf(place) - at));
      }
    } finally {
      this.idle.push(await file.close());
    }
  }

  private async open({ path }: Segment): Promise<SegmentFile> {
    return new SegmentFile(path, await open(path, 'r'), this.idle.pop() ?? Buffer.alloc(0));
  }
}

/** A segment's file, and the memory that it is read into. */
class SegmentFile {
  private readonly path: string;
  private readonly handle: FileHandle;
  private buffer: Buffer;

  constructor(path: string, handle: FileHandle, buffer: Buffer) {
    this.path = path;
    this.handle = handle;
    this.buffer = buffer;
  }

  /** Valid until the next. */
  async piece(from: number, length: number): Promise<Buffer> {
    const needed = Math.max(length, PIECE_BYTES);
    // What one large request needed is given back at the next.
    if (this.buffer.length !== needed) this.buffer = Buffer.allocUnsafeSlow(needed);
    for (let at = 0; at < length; ) {
      const { bytesRead } = await this.handle.read(this.buffer, at, length - at, from + at);
      if (bytesRead === 0) throw new Error(`${basename(this.path)} is shorter than what was written to it`);
      at += bytesRead;
    }
    return this.buffer.subarray(0, length);
  }

  /** @returns the memory, for another */
  async close(): Promise<Buffer> {
    await this.handle.close();
    return this.buffer;
  }
}

/** Whoever stores what is read meets this in the middle of an insert; to try again does not help. */
function unreadable({ path }: Segment, cause: unknown): StoreError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new StoreError(`${basename(path)} cannot be read again: ${reason}`, { retryable: false, code: 0, cause });
}

interface BlocksOfTable extends BlockSource {
  rows: number;
  readonly places: Place[];
}

/** In the file. */
interface Place {
  readonly at: number;
  readonly length: number;
}

function endOf({ at, length }: Place): number {
  return at + length;
}
