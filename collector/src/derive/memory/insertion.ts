import type { Blocks } from '../../store/block-source.ts';
import type { BlockTable } from '../../store/store.ts';

/** What was stored by one insertion. */
export interface Insertion {
  readonly table: BlockTable;
  readonly rows: number;
  readonly blocks: Blocks;
  /** The batch's. */
  readonly insertedAtMs: number;
}
