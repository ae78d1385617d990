import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import type { DecodedBlock } from '../otlp/decoded.ts';
import type { BlockTable } from '../store/store.ts';
import { type FrameScan, scanFrames } from './frame.ts';

const EXTENSION = '.segment';

/**
 * One file of the spool, and one batch of the store: the requests that were acknowledged within about a second. Its name
 * carries the batch's id, so that after a crash the same batch is inserted under the same deduplication token.
 */
export interface Segment {
  readonly path: string;
  /** Unsigned 64-bit, decimal. */
  readonly batchId: string;
  /** Length of the file. */
  bytes: number;
  /** What the file holds; undefined when it must be read from there. */
  frames: DecodedBlock[][] | undefined;
  /** Left by an earlier process, which may have inserted it wholly, partly or not at all. */
  readonly isLeftover: boolean;
}

/** Unique among all collectors, as far as 63 random bits are. */
export function newBatchId(): string {
  return String(randomBytes(8).readBigUInt64BE() >> 1n);
}

/** A name that sorts by time of creation: `0000000012-5213790812734123.segment`. */
export function segmentName(sequence: number, batchId: string): string {
  return `${String(sequence).padStart(10, '0')}-${batchId}${EXTENSION}`;
}

/** @returns undefined for a file that is no segment */
export function parseSegmentName(path: string): { sequence: number; batchId: string } | undefined {
  const match = /^(\d{10,15})-(\d{1,20})\.segment$/.exec(basename(path));
  return match === null ? undefined : { sequence: Number(match[1]), batchId: match[2]! };
}

export async function scanSegment(path: string): Promise<FrameScan & { bytes: number }> {
  const bytes = await readFile(path);
  return { ...scanFrames(bytes), bytes: bytes.length };
}

/** Blocks and number of rows a table, in the order in which tables are to be inserted. */
export function blocksByTable(frames: readonly DecodedBlock[][]): Map<BlockTable, { rows: number; blocks: Buffer[] }> {
  const tables = new Map<BlockTable, { rows: number; blocks: Buffer[] }>();
  for (const { table, rows, bytes } of frames.flat()) {
    const entry = tables.get(table) ?? { rows: 0, blocks: [] };
    entry.rows += rows;
    entry.blocks.push(bytes);
    tables.set(table, entry);
  }
  return tables;
}
