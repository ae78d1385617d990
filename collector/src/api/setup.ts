/** What the page Setup shows: the judgements of `profiler doctor`, and what was refused. */
import { diagnose } from './diagnosis.ts';
import { appsOf, judgeApps, judgeStorage } from './judge-setup.ts';
import type { DetailParameters } from './parameters.ts';
import { readStatus, type StatusSources } from './status.ts';
import type { Setup, SetupCheck, Status } from './types.ts';

const SERVICES_MAX = 1000;

export async function readSetup(
  sources: StatusSources,
  parameters: DetailParameters,
  nowMs: number,
): Promise<Pick<Setup, 'items' | 'services'>> {
  const status = await readStatus(sources, nowMs);
  const storage = judgeStorage(status.storage);
  if (storage.result === 'fail') return { items: [storage], services: [] };
  const { items } = await diagnose(sources.store, { ...parameters, limit: SERVICES_MAX });
  const apps = appsOf(items);
  return {
    items: [storage, judgeReceived(status.ingest), ...judgeApps(apps)],
    services: apps.map(({ service }) => service),
  };
}

/** Spans that came and were not kept, since the collector started. */
export function judgeReceived(ingest: Status['ingest']): SetupCheck {
  const { received = 0, rejected, spoolBytes, spoolBytesMax } = ingest;
  const reasons = Object.entries((rejected ?? {}) as Record<string, number>).filter(([, spans]) => spans > 0);
  if (reasons.length > 0) {
    return {
      name: 'accepted spans',
      result: 'warn',
      message: `refused of ${received}: ${reasons.map(([reason, spans]) => `${spans} ${reason}`).join(', ')}`,
      fix: 'too_old and in_future: synchronise the clocks (NTP); invalid_id: the sender makes ids of the wrong length',
    };
  }
  if (typeof spoolBytes === 'number' && typeof spoolBytesMax === 'number' && spoolBytes > spoolBytesMax / 2) {
    return {
      name: 'accepted spans',
      result: 'warn',
      message: `${(spoolBytes / 1e6).toFixed(0)} MB wait to be stored`,
      fix: 'the storage does not keep up: see its log and its disk',
    };
  }
  return { name: 'accepted spans', result: 'pass', message: `none of ${received} was refused` };
}
