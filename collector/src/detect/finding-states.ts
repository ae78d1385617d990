import type { FindingState } from '@profiler/analysis';
import type { Store } from '../store/store.ts';

/** What a person decided about a finding; `open` until then. */
export type { FindingState };

/**
 * Remembers a decision. False when there is no such finding.
 * @param key 16 hex digits
 */
export async function setFindingState(
  store: Store,
  key: string,
  state: FindingState,
  nowMs = Date.now(),
): Promise<boolean> {
  if (!/^[0-9a-f]{16}$/.test(key)) return false;
  const found = await store.query(
    `SELECT 1 FROM ${store.database}.finding_minutely
     WHERE finding_key = reinterpretAsUInt64(reverse(unhex({key:String})))
     LIMIT 1`,
    { key },
  );
  if (found.length === 0) return false;
  await store.insertRows('finding_states', [
    { finding_key: BigInt(`0x${key}`).toString(), state, updated_at: new Date(nowMs).toISOString() },
  ]);
  return true;
}
