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

/** @param waitMsMax then it is taken as it is */
export async function settledSnapshot(client: CollectorClient, filter: Filter, waitMsMax: number): Promise<Snapshot> {
  const startedMs = Date.now();
  let last = '';
  for (let sinceMs = startedMs; ; await new Promise((resolve) => setTimeout(resolve, POLL_MS))) {
    const [snapshot, { derivation }] = await Promise.all([readSnapshot(client, filter), client.get<Status>('/status')]);
    const now = JSON.stringify(snapshot);
    if (now !== last || derivation.backlog !== 0) sinceMs = Date.now();
    last = now;
    if (Date.now() - sinceMs >= SAME_MS || Date.now() - startedMs >= waitMsMax) return snapshot;
  }
}
