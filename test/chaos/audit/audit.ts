import { openStore } from '../../../collector/src/store/open-store.ts';
import type { Findings } from '../findings.ts';
import type { Ledger } from '../traffic/ledger.ts';
import { auditDeliveries } from './deliveries.ts';
import { auditDerivations } from './derivations.ts';
import type { MomentOf } from './difference.ts';
import { auditEntryRows } from './entry-rows.ts';
import { auditRollups } from './rollups.ts';

/**
 * Everything that can be asked of a store whose collector has stopped: that deliveries are exact, and that whatever was
 * computed from them equals what is computed now, from all of them at once.
 *
 * @param origin of ClickHouse's HTTP interface over the data
 */
export async function audit(origin: string, ledger: Ledger, findings: Findings, moment: MomentOf): Promise<void> {
  const store = await openStore({ url: `${origin}/profiler` });
  try {
    await auditDeliveries(store, ledger, findings, moment);
    await auditEntryRows(store, ledger, findings, moment);
    await auditRollups(store, findings, moment);
    await auditDerivations(store, origin, findings, moment);
  } finally {
    await store.close();
  }
}
