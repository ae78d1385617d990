/** Sizes that are kept: a request body of usual size and the block made of it. */
const BYTES_MIN = 64 << 10;
const BYTES_MAX = 1 << 20;
/** Of all sizes together. */
const KEPT_BYTES_MAX = 12 << 20;

/**
 * Buffers of requests that are done with, to be used for the next ones. At full load a body and its blocks are some 50 MB/s
 * of memory, which the garbage collector would let stand for seconds and the system hand over in fresh, empty pages.
 *
 * Whoever takes a buffer may keep it; whoever gives it back must not look at it again.
 */
class RequestBuffers {
  private readonly free = new Map<number, Buffer[]>();
  private keptBytes = 0;

  /** Of at least this length, with whatever was in it before. */
  take(bytes: number): Buffer {
    if (bytes > BYTES_MAX) return Buffer.allocUnsafeSlow(bytes);
    const size = Math.max(BYTES_MIN, 2 ** Math.ceil(Math.log2(bytes)));
    const kept = this.free.get(size)?.pop();
    if (kept === undefined) return Buffer.allocUnsafeSlow(size);
    this.keptBytes -= size;
    return kept;
  }

  /** Gives back a buffer that was taken, or a part of it. Others are left to the garbage collector. */
  give(part: Buffer): void {
    const size = part.buffer.byteLength;
    if (size < BYTES_MIN || size > BYTES_MAX || (size & (size - 1)) !== 0) return;
    if (this.keptBytes + size > KEPT_BYTES_MAX) return;
    this.keptBytes += size;
    const kept = this.free.get(size);
    const whole = Buffer.from(part.buffer);
    if (kept === undefined) this.free.set(size, [whole]);
    else kept.push(whole);
  }
}

/** One for the process, as its memory is. */
export const requestBuffers = new RequestBuffers();
export type { RequestBuffers };
