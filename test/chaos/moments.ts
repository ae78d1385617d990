import { type FSWatcher, watch } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { BLOCK_COLUMNS } from '../../collector/src/store/blocks.ts';
import type { BlockTable } from '../../collector/src/store/store.ts';
import type { CollectorRun } from './collector-run.ts';
import type { Dice } from './dice.ts';

/** What the collector is doing when it is hit. */
export const MOMENTS = ['starting', 'receiving', 'spooling', 'inserting', 'deriving', 'stopping'] as const;
export type Moment = (typeof MOMENTS)[number];

export interface Place {
  readonly collector: CollectorRun;
  readonly dice: Dice;
  readonly spoolDir: string;
  /** Where the engine gets the bytes of an insert, whoever holds it: files come and go there. */
  readonly handoverDir: string;
  /** How long a start and a stop take as a rule, in milliseconds. */
  readonly startMs: number;
  readonly stopMs: number;
}

/** How long is waited for something to happen on disk. */
const SEEN_MS_MAX = 4_000;
/** Of traffic before it, so that there is something to lose. */
const TRAFFIC_MS_MAX = 900;

/**
 * Waits for a moment of that kind; whoever called then kills.
 *
 * @returns false when the moment did not come, or the collector ended before
 */
export async function waitFor(moment: Moment, place: Place): Promise<boolean> {
  const { collector, dice, spoolDir, handoverDir, startMs, stopMs } = place;
  if (moment === 'starting') {
    await sleep(dice.between(0, startMs * 1.2));
    return true;
  }
  if (!(await collector.ready)) return false;
  await sleep(dice.between(0, TRAFFIC_MS_MAX));
  switch (moment) {
    case 'receiving':
      return true;
    case 'spooling': {
      const isSeen = await seen(spoolDir, async () => true);
      // A write takes no longer than this; most are over in a tenth of it.
      await sleep(dice.below(3));
      return isSeen;
    }
    case 'inserting': {
      const isSeen = await seen(handoverDir, async (path) => RECEIVED.includes(await firstByte(path)));
      await sleep(dice.between(0, 90));
      return isSeen;
    }
    case 'deriving': {
      const isSeen = await seen(handoverDir, async (path) => DERIVED.includes(await firstByte(path)));
      await sleep(dice.between(0, 150));
      return isSeen;
    }
    case 'stopping':
      collector.tell('SIGTERM');
      await sleep(dice.between(0, stopMs * 1.1));
      return true;
  }
}

/** A Native block begins with the number of its columns; rows that are few come as JSON. */
const columns = (table: BlockTable) => BLOCK_COLUMNS[table].length;
const RECEIVED: readonly (number | undefined)[] = [columns('spans'), columns('log_exceptions')];
const DERIVED: readonly (number | undefined)[] = [columns('request_queries'), columns('exceptions'), '{'.charCodeAt(0)];

/** Waits until a file appears or grows in a directory that is of the wanted kind. */
async function seen(directory: string, isWanted: (path: string) => Promise<boolean>): Promise<boolean> {
  let watcher: FSWatcher | undefined;
  const timeout = new AbortController();
  const happened = new Promise<boolean>((resolve) => {
    watcher = watch(directory, async (_, name) => {
      if (name !== null && (await isWanted(join(directory, name)))) resolve(true);
    });
    watcher.on('error', () => resolve(false));
  });
  const late = sleep(SEEN_MS_MAX, false, { signal: timeout.signal }).catch(() => false);
  const isSeen = await Promise.race([happened, late]);
  watcher?.close();
  timeout.abort();
  return isSeen;
}

/** Undefined for a file that is gone or still empty: then what is in it is not known. */
async function firstByte(path: string): Promise<number | undefined> {
  const file = await open(path).catch(() => undefined);
  if (file === undefined) return undefined;
  const { bytesRead, buffer } = await file.read(Buffer.alloc(1), 0, 1, 0).catch(() => ({ bytesRead: 0, buffer: null }));
  await file.close();
  return bytesRead === 1 ? buffer![0] : undefined;
}
