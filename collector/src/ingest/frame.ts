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
 *     4 bytes that every frame begins with, to find the next one behind damage
 *     u32 length of the body | u32 CRC-32 of the body | body
 *     body: 16 bytes digest of the request, then for each block  u8 table | u32 rows | u32 length | Native bytes
 *
 * Numbers are little-endian.
 */
const MARK = Buffer.from('PRFr');
const FRAME_HEADER_BYTES = MARK.length + 8;
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
  MARK.copy(head);
  head.writeUInt32LE(length, MARK.length);
  head.writeUInt32LE(crc, MARK.length + 4);
  return pieces;
}

/** What a segment file holds. */
export interface FrameScan {
  readonly frames: Frame[];
  /** Bytes of an unfinished frame at the end, which was never acknowledged; 0 when there is none. */
  readonly tornBytes: number;
  /** Stretches that are no frame and that no interrupted write leaves. */
  readonly damagedFrames: number;
}

/** Reads all frames of `bytes`, those behind damage too; the blocks share its memory. Never throws. */
export function scanFrames(bytes: Buffer): FrameScan {
  const frames: Frame[] = [];
  let damagedFrames = 0;
  let at = 0;
  while (at < bytes.length) {
    const found = frameAt(bytes, at);
    if (found !== undefined) {
      frames.push(found.frame);
      at = found.end;
      continue;
    }
    const next = nextFrame(bytes, at + 1);
    if (next < 0) break;
    damagedFrames++;
    at = next;
  }
  const isDamaged = at < bytes.length && !isTorn(bytes.subarray(at));
  if (isDamaged) damagedFrames++;
  return { frames, tornBytes: isDamaged ? 0 : bytes.length - at, damagedFrames };
}

function frameAt(bytes: Buffer, at: number): { frame: Frame; end: number } | undefined {
  const bodyStart = at + FRAME_HEADER_BYTES;
  if (bodyStart > bytes.length || !isMark(bytes, at)) return undefined;
  const length = bytes.readUInt32LE(at + MARK.length);
  const end = bodyStart + length;
  if (length > FRAME_BYTES_MAX || end > bytes.length) return undefined;
  const body = bytes.subarray(bodyStart, end);
  const frame = checksum(body) === bytes.readUInt32LE(at + MARK.length + 4) ? readFrame(body) : undefined;
  return frame && { frame, end };
}

/** @returns where the next whole frame begins, -1 when there is none */
function nextFrame(bytes: Buffer, from: number): number {
  let at = bytes.indexOf(MARK, from);
  while (at >= 0 && frameAt(bytes, at) === undefined) at = bytes.indexOf(MARK, at + 1);
  return at;
}

/** An interrupted write leaves the beginning of a frame, and after a loss of power zeros for what was never written. */
function isTorn(tail: Buffer): boolean {
  const end = tail.subarray(-MARK.length);
  if (end.every((byte) => byte === 0)) return true;
  if (tail.length < FRAME_HEADER_BYTES) return isMark(tail, 0) || tail.every((byte, index) => byte === MARK[index]);
  return isMark(tail, 0) && FRAME_HEADER_BYTES + tail.readUInt32LE(MARK.length) > tail.length;
}

function isMark(bytes: Buffer, at: number): boolean {
  return bytes.length >= at + MARK.length && bytes.compare(MARK, 0, MARK.length, at, at + MARK.length) === 0;
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
