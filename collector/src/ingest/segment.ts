import { randomInt } from 'node:crypto';
import { basename } from 'node:path';

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
  /** Left by an earlier process, which may have inserted it wholly, partly or not at all. */
  readonly isLeftover: boolean;
}

const RANDOM_BITS = 21;

/**
 * Milliseconds since the epoch, then 21 random bits: unique among collectors, and in the order of time, so that the
 * index on `batch_id` tells the few parts that may hold a batch.
 */
export function newBatchId(): string {
  return String((BigInt(Date.now()) << BigInt(RANDOM_BITS)) | BigInt(randomInt(2 ** RANDOM_BITS)));
}

/** A name that sorts by time of creation: `0000000012-5213790812734123.segment`. */
export function segmentName(sequence: number, batchId: string): string {
  return `${String(sequence).padStart(10, '0')}-${batchId}.segment`;
}

/** @returns undefined for a file that is no segment */
export function parseSegmentName(path: string): { sequence: number; batchId: string } | undefined {
  const match = /^(\d{10,15})-(\d{1,20})\.segment$/.exec(basename(path));
  return match === null ? undefined : { sequence: Number(match[1]), batchId: match[2]! };
}
