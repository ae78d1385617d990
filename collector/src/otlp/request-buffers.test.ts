import { describe, expect, it } from 'vitest';
import { BodyBuffer } from './body-buffer.ts';
import { requestBuffers } from './request-buffers.ts';

const KIB = 1 << 10;

describe('buffers of requests', () => {
  it('are used again once they are given back, whole, whatever part of them is given', () => {
    const first = requestBuffers.take(300 * KIB);
    requestBuffers.give(first.subarray(0, 7));
    const second = requestBuffers.take(290 * KIB);
    expect(second.buffer).toBe(first.buffer);
    expect(second.length).toBe(512 * KIB);
  });

  it('are two while neither is given back', () => {
    expect(requestBuffers.take(70 * KIB).buffer).not.toBe(requestBuffers.take(70 * KIB).buffer);
  });

  it('are not kept when they are large, and 16 MiB of them at most', () => {
    const large = requestBuffers.take(3 << 20);
    requestBuffers.give(large);
    expect(requestBuffers.take(3 << 20).buffer).not.toBe(large.buffer);
    const many = Array.from({ length: 20 }, () => requestBuffers.take(1 << 20));
    for (const buffer of many) requestBuffers.give(buffer);
    const kept = new Set(many.map(({ buffer }) => buffer));
    const again = Array.from({ length: 20 }, () => requestBuffers.take(1 << 20));
    expect(again.filter(({ buffer }) => kept.has(buffer)).length).toBeLessThanOrEqual(16);
  });
});

describe('a body', () => {
  it('is what was appended, however it was cut and whatever length was announced', () => {
    for (const expected of [0, 5, 10 << 20]) {
      const body = new BodyBuffer(expected);
      const chunks = Array.from({ length: 40 }, (_, index) => Buffer.alloc(1 + index * 2_003, index));
      for (const chunk of chunks) body.append(chunk);
      expect(body.bytes().equals(Buffer.concat(chunks))).toBe(true);
      body.release();
      expect(body.bytes()).toHaveLength(0);
    }
  });
});
