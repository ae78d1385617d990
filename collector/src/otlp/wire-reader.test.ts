import { describe, expect, it } from 'vitest';
import { DecodeError } from './decode-error.ts';
import { WireReader } from './wire-reader.ts';

function reader(...bytes: number[]): WireReader {
  const result = new WireReader();
  result.open(Buffer.from(bytes));
  return result;
}

describe('a varint', () => {
  it.each([
    [[0], 0n],
    [[0x7f], 127n],
    [[0x80, 0x01], 128n],
    [[0xff, 0xff, 0xff, 0xff, 0x0f], 2n ** 32n - 1n],
    [[0x80, 0x80, 0x80, 0x80, 0x10], 2n ** 32n],
    [[0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01], 2n ** 64n - 1n],
    [[0x81, 0x80, 0x80, 0x80, 0x00], 1n],
  ])('%j is %i', (bytes, value) => {
    const wire = reader(...bytes);
    const low = wire.varint();
    expect((BigInt(wire.high) << 32n) | BigInt(low)).toBe(value);
    expect(wire.more()).toBe(false);
  });
  it('of more than ten bytes is refused', () => {
    expect(() => reader(...Array<number>(11).fill(0x80)).varint()).toThrow(DecodeError);
  });
});

describe('nothing is read past the end', () => {
  it.each([
    ['a varint', [0x80], (wire: WireReader) => wire.varint()],
    ['a fixed64', [1, 2, 3, 4, 5, 6, 7], (wire: WireReader) => wire.fixed64()],
    ['a fixed32', [1, 2, 3], (wire: WireReader) => wire.fixed32()],
    ['a string', [5, 1, 2, 3, 4], (wire: WireReader) => wire.delimited()],
    ['a string of 4 GiB and more', [0x80, 0x80, 0x80, 0x80, 0x10], (wire: WireReader) => wire.delimited()],
    [
      'a string whose length takes more than five bytes',
      [0x80, 0x80, 0x80, 0x80, 0x80, 0x00],
      (wire: WireReader) => wire.delimited(),
    ],
    ['a message', [3, 1, 2], (wire: WireReader) => wire.enter()],
  ])('of %s', (_, bytes, read) => {
    expect(() => read(reader(...bytes))).toThrow(DecodeError);
  });
  it('of the message that the cursor is in', () => {
    const wire = reader(1, 0x80, 0x01);
    wire.enter();
    expect(() => wire.varint()).toThrow(DecodeError);
  });
});

describe('a long message', () => {
  const enter = (fields: Buffer) => {
    const wire = new WireReader();
    wire.open(Buffer.concat([Buffer.from([0x80, 0x80, 0x10]), fields]));
    return () => wire.enter();
  };
  it('of more fields than any has is refused', () => {
    expect(enter(Buffer.alloc(0x40000, Buffer.from([0x0a, 0])))).toThrow(DecodeError);
  });
  it('of one long field is entered', () => {
    expect(enter(Buffer.concat([Buffer.from([0x0a, 0xfc, 0xff, 0x0f]), Buffer.alloc(0x3fffc)]))).not.toThrow();
  });
});

describe('a field', () => {
  it('of number 0 is refused', () => {
    expect(() => reader(2).tag()).toThrow(DecodeError);
  });
  it('whose tag takes more than five bytes is refused', () => {
    expect(reader(0x88, 0x80, 0x80, 0x80, 0x00).tag()).toBe(8);
    expect(() => reader(0x88, 0x80, 0x80, 0x80, 0x80, 0x00).tag()).toThrow(DecodeError);
  });
  it.each([4, 6, 7])('of wire type %i is refused', (wireType) => {
    const wire = reader(8 + wireType, 0);
    wire.tag();
    expect(() => wire.skip()).toThrow(DecodeError);
  });
  it.each([
    ['that does not end', [0x0b, 0x08, 1]],
    ['that ends with another number', [0x0b, 0x14]],
    ['in groups without end', Array<number>(1_000).fill(0x0b)],
  ])('that is a group %s is refused', (_, bytes) => {
    const wire = reader(...bytes);
    wire.tag();
    expect(() => wire.skip()).toThrow(DecodeError);
  });
  it('that is a group is moved over, with the groups in it', () => {
    const wire = reader(0x0b, 0x08, 1, 0x13, 0x0a, 1, 9, 0x14, 0x0c, 0x10, 7);
    wire.tag();
    wire.skip();
    expect([wire.tag(), wire.varint()]).toEqual([0x10, 7]);
  });
  it('that is not known is moved over', () => {
    const wire = reader(0x08, 1, 0x0a, 2, 9, 9, 0x0d, 1, 2, 3, 4, 0x09, 1, 2, 3, 4, 5, 6, 7, 8, 0x10, 7);
    for (let field = 0; field < 4; field++) {
      wire.tag();
      wire.skip();
    }
    expect([wire.tag(), wire.varint()]).toEqual([0x10, 7]);
  });
});
