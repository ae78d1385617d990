import { requestBuffers } from './request-buffers.ts';

/** A body that grows by the chunks of it, in memory that is given back when the request is done with. */
export class BodyBuffer {
  private buffer: Buffer | undefined;
  private length = 0;
  private readonly bytesExpected: number;

  /** @param bytesExpected of the whole body, if the client says; it is not believed for more than it sends */
  constructor(bytesExpected = 0) {
    this.bytesExpected = bytesExpected;
  }

  append(chunk: Buffer): void {
    const needed = this.length + chunk.length;
    if (this.buffer === undefined || needed > this.buffer.length) this.grow(needed);
    chunk.copy(this.buffer!, this.length);
    this.length = needed;
  }

  /** All so far; its memory is this buffer's. */
  bytes(): Buffer {
    return this.buffer?.subarray(0, this.length) ?? Buffer.alloc(0);
  }

  /** What {@link bytes} gave must not be looked at again. */
  release(): void {
    if (this.buffer !== undefined) requestBuffers.give(this.buffer);
    this.buffer = undefined;
    this.length = 0;
  }

  private grow(needed: number): void {
    const before = this.buffer;
    const expected = Math.min(this.bytesExpected, EXPECTED_BYTES_MAX);
    this.buffer = requestBuffers.take(Math.max(needed, expected, 2 * (before?.length ?? 0)));
    if (before === undefined) return;
    before.copy(this.buffer, 0, 0, this.length);
    requestBuffers.give(before);
  }
}

const EXPECTED_BYTES_MAX = 1 << 20;
