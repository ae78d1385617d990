/**
 * The life of an alert: pure, so that a window judged again changes nothing.
 *
 *     inactive ──a step is found──► firing ──the last two windows are below half of it──► resolved
 *                                      └──for as long as a baseline is──► resolved: it is the new normal
 *
 * A firing alert is held against the baseline that it fired with. After it is resolved, the same again is told only when it is
 * half as large again, or a new version came in between, or a day of windows has passed.
 */
import { baselineWindowsMax, CURRENT_WINDOWS_MAX, type EndpointView } from './endpoint-view.ts';
import { errorBaseline, findErrorStep, lastTwoErrorRates } from './find-error-step.ts';
import { findStep, lastTwo, type StepVerdict } from './find-step.ts';
import type { ScanOptions } from './scan-options.ts';

export type ScanKind = 'response_time' | 'error_rate';

/** What must be remembered of an alert; times are starts of windows, milliseconds since the epoch. */
export interface ScanAlert {
  readonly kind: ScanKind;
  readonly signal: StepVerdict['signal'];
  /** The window that fired. */
  readonly firedMs: number;
  /** End of the baseline that it fired with. */
  readonly baselineUntilMs: number;
  /** Current over baseline, for errors current minus baseline. */
  readonly change: number;
  /** `null` while it fires. */
  readonly resolvedMs: number | null;
}

export interface Advance {
  readonly change: 'opened' | 'resolved' | 'none';
  /** The verdict on the window; `undefined` while an alert fires. */
  readonly verdict: StepVerdict | undefined;
  /** Why nothing opened although there is a step. */
  readonly muted: boolean;
  readonly alert: ScanAlert | undefined;
}

/** A repeat within so many windows of the end of an alert is not told, unless it is larger by this much. */
const MUTE_WINDOWS = CURRENT_WINDOWS_MAX;
const LARGER = 1.5;

/** @param alert the latest of this endpoint and kind, whether it fires or not */
export function advanceAlert(
  view: EndpointView,
  kind: ScanKind,
  end: number,
  alert: ScanAlert | undefined,
  options: ScanOptions,
): Advance {
  if (alert !== undefined && alert.resolvedMs === null) {
    const isOver =
      isRecovered(view, end, alert) ||
      end - indexAt(view, alert.firedMs) >= baselineWindowsMax(view.series.windowMinutes);
    const next = isOver ? { ...alert, resolvedMs: timeOf(view, end) } : alert;
    return { change: isOver ? 'resolved' : 'none', verdict: undefined, muted: false, alert: next };
  }
  // The window was judged before: what it resolved stays so.
  if (alert?.resolvedMs != null && alert.resolvedMs >= timeOf(view, end)) {
    return { change: 'none', verdict: undefined, muted: false, alert };
  }
  const verdict = findKind(view, kind, end, options);
  if (!verdict.fires) return { change: 'none', verdict, muted: false, alert };
  if (alert !== undefined && isRepeat(view, end, alert, verdict))
    return { change: 'none', verdict, muted: true, alert };
  const opened: ScanAlert = {
    kind,
    signal: verdict.signal,
    firedMs: timeOf(view, end),
    baselineUntilMs: timeOf(view, view.baselineUntil(end)),
    change: verdict.change,
    resolvedMs: null,
  };
  return { change: 'opened', verdict, muted: false, alert: opened };
}

function findKind(view: EndpointView, kind: ScanKind, end: number, options: ScanOptions): StepVerdict {
  if (kind === 'error_rate') return findErrorStep(view, end, options);
  const typical = findStep(view, view.typical, end, options);
  if (typical.fires) return typical;
  const tail = findStep(view, view.tail, end, options);
  return tail.fires || tail.z - tail.zMin > typical.z - typical.zMin ? tail : typical;
}

/** Half the effect, in two windows after the one that fired. A window without requests says nothing. */
function isRecovered(view: EndpointView, end: number, alert: ScanAlert): boolean {
  const since = indexAt(view, alert.firedMs) + 1;
  const until = indexAt(view, alert.baselineUntilMs);
  if (view.series.requests[end] === 0 || until <= 0) return false;
  if (alert.signal === 'errors') {
    const { rate } = errorBaseline(view, Math.max(0, until - baselineWindowsMax(view.series.windowMinutes)), until);
    const two = lastTwoErrorRates(view, end, since, rate);
    return two !== undefined && two.high < alert.change / 2;
  }
  const signal = alert.signal === 'typical' ? view.typical : view.tail;
  const two = lastTwo(view, signal, end, since, view.baseline(signal, until));
  return signal.requests[end]! > 0 && two !== undefined && two.high < Math.log(alert.change) / 2;
}

function isRepeat(view: EndpointView, end: number, before: ScanAlert, verdict: StepVerdict): boolean {
  const resolved = indexAt(view, before.resolvedMs ?? 0);
  if (end - resolved > MUTE_WINDOWS) return false;
  for (let index = Math.max(0, resolved); index <= end; index++) if (view.series.deploys[index] === 1) return false;
  const size = (change: number) => (before.kind === 'error_rate' ? change : Math.log(change));
  return size(verdict.change) < LARGER * size(before.change);
}

function timeOf({ series }: EndpointView, index: number): number {
  return series.startMs + index * series.windowMinutes * 60_000;
}

function indexAt({ series }: EndpointView, timeMs: number): number {
  return Math.round((timeMs - series.startMs) / (series.windowMinutes * 60_000));
}
