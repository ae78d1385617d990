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
const PIECE_BYTES = 4 << 20;

/** Reads segments one at a time and piece by piece, into the same buffer: that leaves no garbage outside of the heap. */
export class SegmentReader {
  private buffer = Buffer.alloc(0);

  /** Goes through all of the file. @throws Error when it is not what was written to it */
  async read(segment: Segment): Promise<SegmentContents> {
    const digests: RequestDigest[] = [];
    const tables = new Map<BlockTable, BlocksOfTable>();
    const handle = await open(segment.path, 'r');
    try {
      for (let at = 0, length = PIECE_BYTES; at < segment.bytes; ) {
        const piece = await this.piece(handle, at, Math.min(length, segment.bytes - at), segment);
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
      await handle.close();
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
    const handle = await open(segment.path, 'r').catch((cause: unknown) => {
      throw unreadable(segment, cause);
    });
    try {
      for (let first = 0, next = 0; first < places.length; first = next) {
        const { at } = places[first]!;
        for (next++; next < places.length && endOf(places[next]!) - at <= PIECE_BYTES; next++) {
          // As many as fit.
        }
        const bytes = this.piece(handle, at, endOf(places[next - 1]!) - at, segment);
        const piece = await bytes.catch((cause: unknown) => {
          throw unreadable(segment, cause);
        });
        yield places.slice(first, next).map((place) => piece.subarray(place.at - at, endOf(place) - at));
      }
    } finally {
      await handle.close();
    }
  }

  private async piece(handle: FileHandle, from: number, length: number, { path }: Segment): Promise<Buffer> {
    const needed = Math.max(length, PIECE_BYTES);
    // What one large request needed is given back at the next.
    if (this.buffer.length !== needed) this.buffer = Buffer.allocUnsafeSlow(needed);
    for (let at = 0; at < length; ) {
      const { bytesRead } = await handle.read(this.buffer, at, length - at, from + at);
      if (bytesRead === 0) throw new Error(`${basename(path)} is shorter than what was written to it`);
      at += bytesRead;
    }
    return this.buffer.subarray(0, length);
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
