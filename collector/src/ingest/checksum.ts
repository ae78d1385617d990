import zlib from 'node:zlib';

/**
 * CRC-32 (IEEE), unsigned, of the bytes after those whose checksum is `before`. Node has its own since 20.15; for older
 * ones a table does.
 */
export const checksum: (bytes: Uint8Array, before?: number) => number =
  typeof zlib.crc32 === 'function' ? (bytes, before = 0) => zlib.crc32(bytes, before) : tableChecksum;

export function tableChecksum(bytes: Uint8Array, before = 0): number {
  let crc = before ^ -1;
  for (const byte of bytes) crc = TABLE[(crc ^ byte) & 0xff]! ^ (crc >>> 8);
  return (crc ^ -1) >>> 0;
}

const TABLE = Int32Array.from({ length: 256 }, (_, index) => {
  let crc = index;
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? 0xedb88320 ^ (crc >>> 1) : crc >>> 1;
  return crc;
});
