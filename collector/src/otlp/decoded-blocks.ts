import type { BlockTable } from '../store/store.ts';
import { DecodeError } from './decode-error.ts';
import type { DecodedBlock } from './decoded.ts';
import { BLOCK_BYTES_MAX, BLOCK_ROWS_MAX, DECODED_BYTES_MAX } from './limits.ts';
import type { NativeBlock } from './native-block.ts';
import { requestBuffers } from './request-buffers.ts';

/** Adding up the columns costs as much as writing a few of them, so it is not done at every row of usual size. */
const ROWS_BETWEEN_LOOKS = 64;
const ROW_BYTES_USUAL = 16_384;

/**
 * The blocks that one request becomes. A large request becomes several of a table, so that none takes long to copy or to
 * checksum, and one that would become far more than it is itself is refused.
 */
export class DecodedBlocks {
  readonly blocks: DecodedBlock[] = [];
  private bytes = 0;

  /**
   * Whether the block is to be taken before the next row.
   *
   * @param rowBytes of the last row, roughly
   * @param bytesToCome of the rows so far, if they are not all in the columns yet
   */
  isFull<Table extends BlockTable>(block: NativeBlock<Table>, rowBytes = 0, bytesToCome = 0): boolean {
    if (block.rows % ROWS_BETWEEN_LOOKS !== 0 && rowBytes < ROW_BYTES_USUAL) return false;
    return block.rows >= BLOCK_ROWS_MAX || block.bytes + bytesToCome >= BLOCK_BYTES_MAX;
  }

  /** Finishes the block and empties it. @throws DecodeError when all blocks are too much */
  take<Table extends BlockTable>(block: NativeBlock<Table>): void {
    if (block.rows === 0) return;
    const { table, rows } = block;
    const bytes = block.finish();
    block.clear();
    this.bytes += bytes.length;
    if (this.bytes > DECODED_BYTES_MAX) throw new DecodeError(`request becomes more than ${DECODED_BYTES_MAX} bytes`);
    this.blocks.push({ table, rows, bytes });
  }

  /** See {@link Decoded.release}. */
  release(): void {
    for (const { bytes } of this.blocks.splice(0)) requestBuffers.give(bytes);
  }
}
