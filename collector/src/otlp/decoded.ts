import type { BlockTable } from '../store/store.ts';
import type { DecodeCounts } from './decode-counts.ts';

/** A Native block and the number of its rows, at least one. */
export interface DecodedBlock {
  readonly table: BlockTable;
  readonly rows: number;
  readonly bytes: Buffer;
}

/** What one OTLP request became. */
export interface Decoded {
  readonly signal: 'traces' | 'logs';
  /** A large request has several blocks of a table; none when nothing is to be stored. */
  readonly blocks: readonly DecodedBlock[];
  /** Spans or log records in the request, those rejected included. */
  readonly received: number;
  readonly counts: DecodeCounts;
  /** Gives the memory of the blocks back, for the next request. They must not be looked at again. */
  release(): void;
}
