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
