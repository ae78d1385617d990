/**
 * A test run has just ended: its last spans are on their way into the store, and what the collector derives from them comes
 * seconds later. A snapshot is taken when the numbers have stayed the same for longer than that takes.
 */
import type { Status } from '../../api/types.ts';
import type { CollectorClient } from '../collector-client.ts';
import { type Filter, readSnapshot } from './read-snapshot.ts';
import type { Snapshot } from './snapshot.ts';

const POLL_MS = 500;
/** A trace is derived once it was quiet for 2 s, within a second or so. */
const SAME_MS = 4_000;

export interface Settled {
  readonly snapshot: Snapshot;
  /** False when the time was over before it came to rest: then it may lack the last of it. */
  readonly isWhole: boolean;
}

/** @param waitMsMax then it is taken as it is; 0 does so at once */
export async function settledSnapshot(client: CollectorClient, filter: Filter, waitMsMax: number): Promise<Settled> {
  const startedMs = Date.now();
  let last = '';
  for (let sinceMs = startedMs; ; await new Promise((resolve) => setTimeout(resolve, POLL_MS))) {
    const [snapshot, { derivation }] = await Promise.all([readSnapshot(client, filter), client.get<Status>('/status')]);
    const now = JSON.stringify(snapshot);
    const isBehind = derivation.backlog !== 0 || derivation.changedMinutes !== 0;
    if (now !== last || isBehind) sinceMs = Date.now();
    last = now;
    if (Date.now() - sinceMs >= SAME_MS) return { snapshot, isWhole: true };
    if (Date.now() - startedMs >= waitMsMax) return { snapshot, isWhole: waitMsMax === 0 };
  }
}
