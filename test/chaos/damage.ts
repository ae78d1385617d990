import { appendFile, readFile, truncate, writeFile } from 'node:fs/promises';
import type { Dice } from './dice.ts';
import { ID_PREFIX } from './traffic/ids.ts';
import type { Entry, Ledger } from './traffic/ledger.ts';

export const DAMAGES = ['bit flipped', 'cut short', 'garbage behind', 'emptied', 'all garbage'] as const;
export type Damage = (typeof DAMAGES)[number];

/** A body's last id is not its last byte, and a child's body holds the ids of its parents, which are another's. */
const NEAR_BODIES = 3;

export interface Done {
  /** For a person: `at 1234 of 5678 bytes`. */
  readonly where: string;
  /** Bodies whose only copy may have been destroyed. Those that stand before the damage must survive it. */
  readonly lost: readonly Entry[];
  /** Bodies that nobody may recognise any more when they are sent again. */
  readonly forgotten: readonly Entry[];
  /** Whether it can be told from the end of a write that was cut off by a crash, which is no damage. */
  readonly isRecognisable: boolean;
}

/** Damages a file of the spool, whatever its format, and finds out by the ids in it whom that may cost something. */
export async function damage(path: string, kind: Damage, dice: Dice, ledger: Ledger): Promise<Done> {
  const bytes = await readFile(path);
  const bodies = bodiesIn(bytes, ledger);
  const done = await damageBodies(path, kind, dice, { bytes, bodies });
  // A file without bodies may be what they are known by.
  return { ...done, forgotten: bodies.length === 0 ? ledger.entries : done.lost };
}

async function damageBodies(
  path: string,
  kind: Damage,
  dice: Dice,
  { bytes, bodies }: { bytes: Buffer; bodies: readonly { entry: Entry; end: number }[] },
): Promise<Omit<Done, 'forgotten'>> {
  const at = dice.below(Math.max(1, bytes.length));
  const where = `at ${at} of ${bytes.length} bytes`;
  /** What reaches behind the damage, and what stands so close before it that it may lie in there. */
  const from = (offset: number) => {
    const first = bodies.findIndex(({ end }) => end >= offset);
    return bodies.slice(Math.max(0, (first < 0 ? bodies.length : first) - NEAR_BODIES)).map(({ entry }) => entry);
  };
  switch (kind) {
    case 'bit flipped': {
      if (bytes.length > 0) bytes[at]! ^= 1 << dice.below(8);
      await writeFile(path, bytes);
      const lost = from(at);
      return { where, lost, isRecognisable: lost.length > NEAR_BODIES + 2 };
    }
    case 'cut short':
      await truncate(path, at);
      return { where, lost: from(at), isRecognisable: false };
    case 'garbage behind':
      await appendFile(path, garbage(dice, 1 + dice.below(5_000)));
      return { where: `behind ${bytes.length} bytes`, lost: [], isRecognisable: false };
    case 'emptied':
      await truncate(path, 0);
      return { where: `of ${bytes.length} bytes`, lost: from(0), isRecognisable: false };
    case 'all garbage':
      await writeFile(path, garbage(dice, 1_000 + dice.below(50_000)));
      return { where: `in place of ${bytes.length} bytes`, lost: from(0), isRecognisable: bodies.length > 0 };
  }
}

/** Bodies all of whose ids stand in the bytes, by where the last of them does. */
function bodiesIn(bytes: Buffer, ledger: Ledger): { entry: Entry; end: number }[] {
  const offsets = new Map<string, number>();
  for (const match of bytes.toString('latin1').matchAll(new RegExp(`${ID_PREFIX}[0-9a-f]{11}`, 'g'))) {
    offsets.set(match[0], match.index);
  }
  const bodies: { entry: Entry; end: number }[] = [];
  for (const entry of ledger.entries) {
    const ids = [...entry.spanIds, ...entry.logMessages.map((message) => message.slice(-16))];
    const found = ids.map((id) => offsets.get(id));
    if (found.every((offset) => offset !== undefined)) bodies.push({ entry, end: Math.max(...found) });
  }
  return bodies.sort((a, b) => a.end - b.end);
}

function garbage(dice: Dice, length: number): Buffer {
  return Buffer.from(Array.from({ length }, () => dice.below(256)));
}
