import type { DecodedBlock } from '../otlp/decoded.ts';
import type { BlockTable } from '../store/store.ts';
import { checksum } from './checksum.ts';
import { DIGEST_BYTES, type RequestDigest } from './request-digest.ts';

/** One accepted request: what tells it from others, and its rows. */
export interface Frame {
  readonly digest: RequestDigest;
  readonly blocks: readonly DecodedBlock[];
}

/**
 * One request in a segment file: all its blocks, or, when the write was torn, none.
 *
 *     u32 length of the body | u32 CRC-32 of the body | body
 *     body: 16 bytes digest of the request, then for each block  u8 table | u32 rows | u32 length | Native bytes
 *
 * Numbers are little-endian.
 */
const FRAME_HEADER_BYTES = 8;
const BLOCK_HEADER_BYTES = 9;
/** Blocks of a body of at most 64 MiB; a longer frame is damage. */
const FRAME_BYTES_MAX = 1 << 30;
/** Position is the number in the file: append only. */
const TABLES: readonly BlockTable[] = ['spans', 'request_queries', 'exceptions', 'log_exceptions'];

/** The frame in pieces, to be written one after the other; blocks are not copied. */
export function encodeFrame({ digest, blocks }: Frame): Buffer[] {
  const head = Buffer.allocUnsafe(FRAME_HEADER_BYTES + DIGEST_BYTES);
  head.write(digest, FRAME_HEADER_BYTES, DIGEST_BYTES, 'latin1');
  const pieces: Buffer[] = [head];
  let length = DIGEST_BYTES;
  let crc = checksum(head.subarray(FRAME_HEADER_BYTES));
  for (const { table, rows, bytes } of blocks) {
    const blockHeader = Buffer.allocUnsafe(BLOCK_HEADER_BYTES);
    blockHeader.writeUInt8(TABLES.indexOf(table), 0);
    blockHeader.writeUInt32LE(rows, 1);
    blockHeader.writeUInt32LE(bytes.length, 5);
    crc = checksum(bytes, checksum(blockHeader, crc));
    length += BLOCK_HEADER_BYTES + bytes.length;
    pieces.push(blockHeader, bytes);
  }
  head.writeUInt32LE(length, 0);
  head.writeUInt32LE(crc, 4);
  return pieces;
}

/** What a segment file holds. */
export interface FrameScan {
  readonly frames: Frame[];
  /** Bytes of an unfinished frame at the end, which was never acknowledged; 0 when there is none. */
  readonly tornBytes: number;
  /** Frames in the middle that do not match their checksum. */
  readonly damagedFrames: number;
}

/** Reads all frames of `bytes`; the blocks share its memory. Never throws. */
export function scanFrames(bytes: Buffer): FrameScan {
  const frames: Frame[] = [];
  let damagedFrames = 0;
  let at = 0;
  while (at + FRAME_HEADER_BYTES <= bytes.length) {
    const length = bytes.readUInt32LE(at);
    const bodyStart = at + FRAME_HEADER_BYTES;
    if (length === 0 || length > FRAME_BYTES_MAX || bodyStart + length > bytes.length) break;
    const body = bytes.subarray(bodyStart, bodyStart + length);
    const frame = checksum(body) === bytes.readUInt32LE(at + 4) ? readFrame(body) : undefined;
    const isLast = bodyStart + length === bytes.length;
    if (frame !== undefined) frames.push(frame);
    else if (isLast) break;
    else damagedFrames++;
    at = bodyStart + length;
  }
  return { frames, tornBytes: bytes.length - at, damagedFrames };
}

function readFrame(body: Buffer): Frame | undefined {
  if (body.length < DIGEST_BYTES) return undefined;
  const blocks: DecodedBlock[] = [];
  let at = DIGEST_BYTES;
  while (at < body.length) {
    if (at + BLOCK_HEADER_BYTES > body.length) return undefined;
    const table = TABLES[body.readUInt8(at)];
    const rows = body.readUInt32LE(at + 1);
    const end = at + BLOCK_HEADER_BYTES + body.readUInt32LE(at + 5);
    if (table === undefined || end > body.length) return undefined;
    blocks.push({ table, rows, bytes: body.subarray(at + BLOCK_HEADER_BYTES, end) });
    at = end;
  }
  return { digest: body.toString('latin1', 0, DIGEST_BYTES), blocks };
}
