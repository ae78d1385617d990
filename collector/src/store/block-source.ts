/**
 * Native blocks that are somewhere else and are read when they are needed, each time anew: a few at once, valid until the next
 * are asked for. One reader at a time.
 */
export interface BlockSource {
  readonly rows: number;
  pieces(): AsyncIterable<readonly Uint8Array[]>;
}

/** Blocks that lie where the store takes them from, for as many insertions as are asked for, until they are released. */
export interface HandedOver extends BlockSource {
  release(): Promise<void>;
}

/** Native blocks: in memory, each a whole one, whose head says how many rows it has; or elsewhere. */
export type Blocks = readonly Uint8Array[] | BlockSource;

export async function* piecesOf(blocks: Blocks): AsyncGenerator<readonly Uint8Array[]> {
  if (isInMemory(blocks)) yield blocks;
  else yield* blocks.pieces();
}

export function rowsOf(blocks: Blocks): number {
  return isInMemory(blocks) ? blocks.reduce((sum, block) => sum + rowsOfBlock(block), 0) : blocks.rows;
}

/** Whether there is not even a block without rows. */
export function isEmpty(blocks: Blocks): boolean {
  return isInMemory(blocks) && blocks.length === 0;
}

function isInMemory(blocks: Blocks): blocks is readonly Uint8Array[] {
  return Array.isArray(blocks);
}

/** By its head: number of columns, then of rows, each as a varint. */
function rowsOfBlock(block: Uint8Array): number {
  let at = 0;
  while (block[at]! >= 0x80) at++;
  at++;
  let rows = 0;
  for (let factor = 1; ; factor *= 0x80, at++) {
    const byte = block[at] ?? 0;
    rows += (byte & 0x7f) * factor;
    if (byte < 0x80) return rows;
  }
}
