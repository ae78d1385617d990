/** The rules on trial, each as production runs it: one window after the other, with what it remembers in between. */
import {
  advanceAlert,
  type EndpointSeries,
  EndpointView,
  SCAN_OPTIONS,
  type ScanAlert,
  type ScanKind,
  type ScanOptions,
} from '@profiler/analysis';
import { judge } from '../../../collector/src/detect/judge.ts';
import type { Regression } from '../../../collector/src/detect/regression.ts';
import { windowAt } from '../../../collector/src/detect/window.ts';
import type { WindowPair } from '../../../collector/src/detect/window-pair.ts';

export interface RuleRun {
  /** Judges the window `end`, after every window before it; the alerts that it opens. */
  judge(end: number): number;
  firing(): boolean;
}
export type Rule = (series: EndpointSeries) => RuleRun;

const RATIO = { responseTimeFactor: 2, errorRateDelta: 0.1, minRequests: 20 };

export const ratioRule: Rule = (series) => {
  let firing: readonly Regression[] = [];
  return {
    judge(end) {
      if (end === 0 || series.requests[end] === 0) return 0;
      const window = windowAt(series.startMs + end * series.windowMinutes * 60_000, series.windowMinutes);
      const judgement = judge(window, [pairAt(series, end)], firing, RATIO);
      const windowStart = new Date(window.startMs).toISOString();
      const opened = judgement.opened.map(
        ({ pair, comparison }) =>
          ({
            ...pair,
            ...comparison,
            state: 'firing',
            windowStart,
            windowMinutes: window.minutes,
          }) as unknown as Regression,
      );
      firing = [...judgement.kept, ...opened];
      return opened.length;
    },
    firing: () => firing.length > 0,
  };
};

function pairAt(series: EndpointSeries, end: number): WindowPair {
  const sample = (index: number) => ({
    requests: series.requests[index]!,
    errors: series.errors[index]!,
    durationNsSum: series.durationNsSum[index]!,
  });
  return {
    service: '',
    environment: '',
    method: '',
    route: '',
    baseline: sample(end - 1),
    current: sample(end),
    baselineVersions: [],
    currentVersions: [],
  };
}

/** p95 over twice that of the window before; over when it is not twice what it fired against. */
export const p95x2Rule: Rule = (series) => {
  let firedNs: number | undefined;
  return {
    judge(end) {
      const enough = (index: number) => index >= 0 && series.requests[index]! >= RATIO.minRequests;
      if (!enough(end)) return 0;
      if (firedNs !== undefined) {
        if (series.p95Ns[end]! <= 2 * firedNs) firedNs = undefined;
        return 0;
      }
      if (!enough(end - 1) || series.p95Ns[end]! <= 2 * series.p95Ns[end - 1]!) return 0;
      firedNs = series.p95Ns[end - 1]!;
      return 1;
    },
    firing: () => firedNs !== undefined,
  };
};

export function scanRule(options: ScanOptions = SCAN_OPTIONS): Rule {
  return (series) => {
    const view = new EndpointView(series);
    const alerts: Record<ScanKind, ScanAlert | undefined> = { response_time: undefined, error_rate: undefined };
    return {
      judge(end) {
        let opened = 0;
        for (const kind of ['response_time', 'error_rate'] as const) {
          const advance = advanceAlert(view, kind, end, alerts[kind], options);
          alerts[kind] = advance.alert;
          if (advance.change === 'opened') opened++;
        }
        return opened;
      },
      firing: () => Object.values(alerts).some((alert) => alert !== undefined && alert.resolvedMs === null),
    };
  };
}
