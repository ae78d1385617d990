import { open } from 'node:fs/promises';
import { basename } from 'node:path';
import { type Frame, scanFrames } from './frame.ts';
import type { Segment } from './segment.ts';

/** Reads segments one at a time into the same buffer, so that reading leaves no garbage outside of the heap. */
export class SegmentReader {
  private readonly keptBytesMax: number;
  private buffer = Buffer.alloc(0);

  /** @param keptBytesMax a buffer that one larger segment needed is given back at the next */
  constructor(keptBytesMax: number) {
    this.keptBytesMax = keptBytesMax;
  }

  /** What a segment holds, valid until the next call. @throws Error when the file is not what was written to it */
  async read(segment: Segment): Promise<Frame[]> {
    if (this.buffer.length < segment.bytes || this.buffer.length > this.keptBytesMax) {
      this.buffer = Buffer.allocUnsafeSlow(Math.max(segment.bytes, this.keptBytesMax));
    }
    const bytes = this.buffer.subarray(0, segment.bytes);
    const name = basename(segment.path);
    const handle = await open(segment.path, 'r');
    try {
      for (let at = 0; at < bytes.length; ) {
        const { bytesRead } = await handle.read(bytes, at, bytes.length - at, at);
        if (bytesRead === 0) throw new Error(`${name} is shorter than what was written to it`);
        at += bytesRead;
      }
    } finally {
      await handle.close();
    }
    const { frames, damagedFrames, tornBytes } = scanFrames(bytes);
    // What an earlier process left may end in a request that was never acknowledged.
    const isTorn = tornBytes > 0 && !segment.isLeftover;
    if (damagedFrames > 0 || isTorn) throw new Error(`${name} is not as it was written`);
    return frames;
  }
}
