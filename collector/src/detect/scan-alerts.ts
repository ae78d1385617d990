import type { Opened } from '../notify/notification.ts';
import type { Store } from '../store/store.ts';
import { readEvidences } from './evidence.ts';
import { regressionCostMs } from './regression-cost.ts';
import { scanExplanation } from './scan-explanation.ts';
import type { OpenedByScan } from './scan-window.ts';
import type { Window } from './window.ts';

/** Alerts of the rule `scan` that a window opens, explained: everything since the step against the baseline. */
export async function alertsOfScan(store: Store, opened: readonly OpenedByScan[], window: Window): Promise<Opened[]> {
  const lengthMs = window.endMs - window.startMs;
  const evidences = await readEvidences(
    store,
    opened.map(({ regression, verdict }) => {
      const untilMs = Date.parse(regression.baselineUntil);
      return {
        endpoint: regression,
        periods: {
          beforeMs: untilMs - verdict.baselineWindows * lengthMs,
          beforeEndMs: untilMs,
          sinceMs: Date.parse(regression.startedAt),
          sinceEndMs: window.endMs,
        },
        weight: {
          z: Math.round(verdict.z * 100) / 100,
          zMin: verdict.zMin,
          windows: verdict.windows,
          baselineWindows: verdict.baselineWindows,
        },
        costMs: regressionCostMs(regression),
      };
    }),
  );
  return opened.map(({ regression, verdict, deploy }, index) => {
    const evidence = evidences[index]!;
    const explanation = scanExplanation(regression.endpoint, verdict, regression.startedAt, deploy, evidence);
    return { regression: { ...regression, explanation, evidence }, isDeploy: deploy !== undefined };
  });
}
