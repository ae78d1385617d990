import { describe, expect, it } from 'vitest';
import { checksum, tableChecksum } from './checksum.ts';
import { encodeFrame, type Frame, scanFrames } from './frame.ts';

const request = (text: string): Frame => ({
  digest: `${text}\xff`.padEnd(16),
  blocks: [
    { table: 'spans', rows: 3, bytes: Buffer.from(text) },
    { table: 'exceptions', rows: 1, bytes: Buffer.from(`${text}!`) },
  ],
});
const encoded = (...texts: string[]) => Buffer.concat(texts.flatMap((text) => encodeFrame(request(text))));

describe('frames', () => {
  it('are read back as they were written', () => {
    expect(scanFrames(encoded('a', 'b'))).toEqual({
      frames: [request('a'), request('b')],
      tornBytes: 0,
      damagedFrames: 0,
    });
  });

  it('cut short at any byte lose only the request that was being written', () => {
    const whole = encoded('first').length;
    const bytes = encoded('first', 'second');
    for (let length = 0; length < bytes.length; length++) {
      const { frames, tornBytes, damagedFrames } = scanFrames(bytes.subarray(0, length));
      expect(frames).toEqual(length < whole ? [] : [request('first')]);
      expect(tornBytes).toBe(length < whole ? length : length - whole);
      expect(damagedFrames).toBe(0);
    }
  });

  it('whose end was never written, as zeros, are torn', () => {
    const bytes = Buffer.concat([encoded('first'), Buffer.alloc(100)]);
    expect(scanFrames(bytes)).toMatchObject({ frames: [request('first')], tornBytes: 100 });
  });

  it.each(['body', 'length', 'mark'])('whose %s changed are damaged, and do not hide those after them', (what) => {
    for (const [which, others] of [
      ['first', ['second', 'third']],
      ['second', ['first', 'third']],
      ['third', ['first', 'second']],
    ] as const) {
      const bytes = encoded('first', 'second', 'third');
      const start = encoded('first', 'second', 'third').indexOf(which) - 12;
      bytes[what === 'body' ? bytes.lastIndexOf(which) : what === 'length' ? start + 7 : start]! ^= 1;
      const scan = scanFrames(bytes);
      expect(scan.frames).toEqual(others.map(request));
      // The length of the last frame is all that tells a torn one from a whole one.
      expect(scan.damagedFrames).toBe(which === 'third' && what === 'length' ? 0 : 1);
    }
  });

  it('are damaged where there is nothing but garbage', () => {
    expect(scanFrames(Buffer.alloc(1_000, 'garbage'))).toEqual({ frames: [], tornBytes: 0, damagedFrames: 1 });
  });

  it('never throw, whatever the bytes', () => {
    const bytes = encoded('first', 'second');
    for (let at = 0; at < bytes.length; at++) {
      for (const value of [0, 1, 127, 255]) {
        const changed = Buffer.from(bytes);
        changed[at] = value;
        expect(scanFrames(changed).frames.length).toBeLessThanOrEqual(2);
      }
    }
  });
});

it('the checksum is CRC-32, by Node or by table, also in pieces', () => {
  const text = Buffer.from('123456789');
  expect([checksum(text), tableChecksum(text)]).toEqual([0xcbf43926, 0xcbf43926]);
  const [head, tail] = [text.subarray(0, 4), text.subarray(4)];
  expect([checksum(tail, checksum(head)), tableChecksum(tail, tableChecksum(head))]).toEqual([0xcbf43926, 0xcbf43926]);
});
