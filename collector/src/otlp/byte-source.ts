/** Bytes to read from, with a view of the same memory so that they can be read four at a time. */
export interface ByteSource {
  readonly bytes: Buffer;
  readonly view: DataView;
}

export function byteSource(bytes: Buffer): ByteSource {
  return { bytes, view: viewOf(bytes) };
}

export function viewOf(bytes: Buffer): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
}

/**
 * A copy for what is kept long. Small buffers otherwise share a block of 8 KiB, which stays for as long as any of them: a few
 * thousand texts, each remembered from another request, would hold as many blocks.
 */
export function ownBytes(bytes: Uint8Array): Buffer {
  const own = Buffer.allocUnsafeSlow(bytes.length);
  own.set(bytes);
  return own;
}
