import { describe, expect, it } from 'vitest';
import { advanceAlert, type ScanAlert, type ScanKind } from './advance-alert.ts';
import { type EndpointSeries, emptySeries, SERIES_COLUMNS } from './endpoint-series.ts';
import { EndpointView } from './endpoint-view.ts';
import { findErrorStep } from './find-error-step.ts';
import { findStep } from './find-step.ts';
import { SCAN_OPTIONS } from './scan-options.ts';

const HOUR_MS = 3_600_000;
const START_MS = Date.UTC(2026, 0, 5);
const HOURS = 400;

/** An hour of an endpoint: the geometric mean and p95, around which the rest is put. */
interface Hour {
  readonly requests?: number;
  readonly ms?: number;
  readonly p95Ms?: number;
  readonly errors?: number;
}

/** A calm endpoint of 1,000 requests an hour around 100 ms, which varies by a few per cent, but for what `change` says. */
function endpoint(change: (hour: number) => Hour = () => ({}), hours = HOURS): EndpointSeries {
  const series = emptySeries(START_MS, 60, hours);
  let state = 42;
  for (let hour = 0; hour < hours; hour++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    const noise = 1 + 0.04 * (state / 2 ** 32 - 0.5);
    const { requests = 1000, ms = 100, p95Ms = 2.5 * ms, errors = Math.round(requests * 0.01) } = change(hour);
    const log = Math.log(ms * noise * 1e6);
    const numbers = [
      ...[requests, errors, requests * ms * 1.3e6, requests * log * 1e6, requests * (log * log + 0.3) * 1e6],
      ...[ms, 0.8 * p95Ms, p95Ms, 1.3 * p95Ms, 2 * p95Ms].map((quantileMs) => quantileMs * noise * 1e6),
    ];
    SERIES_COLUMNS.forEach((column, index) => {
      series[column][hour] = numbers[index]!;
    });
  }
  return series;
}

const typical = (series: EndpointSeries, end: number) => {
  const view = new EndpointView(series);
  return findStep(view, view.typical, end, SCAN_OPTIONS);
};
const tail = (series: EndpointSeries, end: number) => {
  const view = new EndpointView(series);
  return findStep(view, view.tail, end, SCAN_OPTIONS);
};
const errors = (series: EndpointSeries, end: number) => findErrorStep(new EndpointView(series), end, SCAN_OPTIONS);
const after = (onset: number, then: Hour) => (hour: number) => (hour >= onset ? then : {});

describe('a step', () => {
  it('of a fifth is found, with its size, its beginning and what it rests on', () => {
    const found = typical(endpoint(after(380, { ms: 120 })), 383);
    expect(found).toMatchObject({ fires: true, whyNot: undefined, signal: 'typical', onset: 380, windows: 4 });
    expect(found).toMatchObject({ requests: 4000, baselineWindows: 336, zMin: SCAN_OPTIONS.zMin });
    expect(found.change).toBeCloseTo(1.2, 1);
    expect(found.baseline / 1e8).toBeCloseTo(1, 1);
    expect(found.z).toBeGreaterThan(found.zMin);
  });

  it('of the slowest requests only is found in p95, not in the mean', () => {
    const series = endpoint(after(380, { p95Ms: 375 }));
    expect(typical(series, 383)).toMatchObject({ fires: false, whyNot: 'not_elevated' });
    expect(tail(series, 383)).toMatchObject({ fires: true, signal: 'tail', onset: 380 });
  });

  it('is found by less where a new version answered first', () => {
    const series = endpoint(after(380, { ms: 120 }));
    series.deploys[380] = 1;
    expect(typical(series, 383)).toMatchObject({ fires: true, atDeploy: true, zMin: SCAN_OPTIONS.zDeployMin });
  });

  it('reads nothing behind the window that is judged', () => {
    const series = endpoint(after(385, { ms: 500 }));
    expect(typical(series, 384).fires).toBe(false);
  });
});

describe('no step is told of', () => {
  it('a window without requests', () => {
    expect(typical(endpoint(after(390, { requests: 0 })), 391).whyNot).toBe('no_value');
  });

  it('an endpoint that is too young', () => {
    expect(typical(endpoint(after(20, { ms: 300 }), 25), 24).whyNot).toBe('short_baseline');
  });

  it('one bad window, however bad', () => {
    expect(
      typical(
        endpoint((hour) => (hour === 390 ? { ms: 1000 } : {})),
        390,
      ).whyNot,
    ).toBe('not_elevated');
    expect(
      typical(
        endpoint((hour) => (hour === 390 ? { ms: 1000 } : {})),
        391,
      ).whyNot,
    ).toBe('not_elevated');
  });

  it('a jump that fades, where noise carries over; the same jump that stays is told', () => {
    const carried = (shock: number, step: number) => {
      let noise = 0;
      let state = 1;
      return endpoint((hour) => {
        state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
        const innovation = 0.12 * (state / 2 ** 32 - 0.5);
        noise = 0.7 * noise + innovation + (hour === 380 ? shock : 0);
        return { ms: 100 * Math.exp(noise + (hour >= 380 ? step : 0)) };
      });
    };
    const fades = carried(0.25, 0);
    const lasts = carried(0, 0.25);
    const fired = (series: EndpointSeries) =>
      Array.from({ length: 20 }, (_, index) => typical(series, 380 + index).fires).includes(true);
    expect(fired(fades)).toBe(false);
    expect(fired(lasts)).toBe(true);
  });

  it('a step below a tenth, however sure', () => {
    expect(typical(endpoint(after(376, { ms: 107 })), 399)).toMatchObject({ fires: false, whyNot: 'small_step' });
  });

  it('a step below two milliseconds', () => {
    const fast = (hour: number) => ({ ms: hour >= 380 ? 3 : 2 });
    expect(typical(endpoint(fast), 385)).toMatchObject({ fires: false, whyNot: 'small_step' });
  });

  it('few requests', () => {
    const rare = (hour: number) => ({ requests: 6, ms: hour >= 397 ? 1000 : 100 });
    expect(typical(endpoint(rare), 399)).toMatchObject({ fires: false, whyNot: 'few_requests' });
  });

  it('the hour of the day, when every day is like that', () => {
    const daily = (hour: number) => ({ ms: hour % 24 >= 9 && hour % 24 < 17 ? 140 : 100 });
    const series = endpoint(daily);
    const fired = Array.from({ length: 48 }, (_, index) => typical(series, HOURS - 48 + index).fires);
    expect(fired).not.toContain(true);
  });
});

describe('errors', () => {
  it('that become more are found, by rate', () => {
    const found = errors(endpoint(after(380, { errors: 50 })), 381);
    expect(found).toMatchObject({ fires: true, signal: 'errors' });
    expect([found.baseline, found.current].map((rate) => rate.toFixed(2))).toEqual(['0.01', '0.05']);
  });

  it('that come in bursts weigh less: the baseline shows what bursts there are', () => {
    const bursts = (hour: number) => ({ errors: hour % 7 === 0 || hour % 11 === 0 ? 60 : 2 });
    const then = (hour: number) => (hour >= 398 ? { errors: 60 } : bursts(hour));
    expect(errors(endpoint(then), 399).whyNot).toBe('weak_evidence');
    expect(errors(endpoint(after(398, { errors: 60 })), 399).fires).toBe(true);
  });

  it('of a rate below a point are not told', () => {
    expect(errors(endpoint(after(380, { errors: 17 })), 399).fires).toBe(false);
  });
});

describe('an alert', () => {
  /** Every window in turn, as the scheduler does. */
  function life(series: EndpointSeries, kind: ScanKind = 'response_time', from = 350) {
    const view = new EndpointView(series);
    let alert: ScanAlert | undefined;
    const changes: string[] = [];
    for (let end = from; end < series.length; end++) {
      const advance = advanceAlert(view, kind, end, alert, SCAN_OPTIONS);
      alert = advance.alert;
      if (advance.change !== 'none') changes.push(`${advance.change} ${end}`);
    }
    return { changes, alert };
  }

  it('opens once, and is over when two windows are below half of it', () => {
    const series = endpoint((hour) => (hour >= 370 && hour < 385 ? { ms: 150 } : {}));
    const { changes, alert } = life(series);
    expect(changes).toEqual(['opened 371', 'resolved 386']);
    expect(alert).toMatchObject({ firedMs: START_MS + 371 * HOUR_MS, resolvedMs: START_MS + 386 * HOUR_MS });
  });

  it('is not over for one good window, nor for windows without requests', () => {
    const dips = (hour: number) => (hour < 370 ? {} : hour === 380 ? {} : hour > 390 ? { requests: 0 } : { ms: 150 });
    expect(life(endpoint(dips)).changes).toEqual(['opened 371']);
  });

  it('that comes back within a day is told again only when it is larger, or a version came', () => {
    const again = (ms: number) => (hour: number) =>
      hour >= 370 && hour < 378 ? { ms: 150 } : hour >= 386 && hour < 392 ? { ms } : {};
    const opened = (series: EndpointSeries) => life(series).changes.filter((change) => change.startsWith('opened'));
    expect(opened(endpoint(again(150)))).toHaveLength(1);
    expect(opened(endpoint(again(250)))).toHaveLength(2);
    const deployed = endpoint(again(150));
    deployed.deploys[386] = 1;
    expect(opened(deployed)).toHaveLength(2);
  });

  it('is the new normal when it lasted for as long as a baseline is', () => {
    const { changes } = life(endpoint(after(370, { ms: 150 }), 800));
    expect(changes).toEqual(['opened 371', `resolved ${371 + 336}`]);
  });

  it('is not changed by a window that is judged again', () => {
    const series = endpoint((hour) => (hour >= 370 && hour < 385 ? { ms: 150 } : {}));
    const view = new EndpointView(series);
    const opened = advanceAlert(view, 'response_time', 371, undefined, SCAN_OPTIONS).alert;
    expect(advanceAlert(view, 'response_time', 371, opened, SCAN_OPTIONS)).toMatchObject({
      change: 'none',
      alert: opened,
    });
    const over = advanceAlert(view, 'response_time', 386, opened, SCAN_OPTIONS);
    expect(over.change).toBe('resolved');
    expect(advanceAlert(view, 'response_time', 386, over.alert, SCAN_OPTIONS)).toMatchObject({
      change: 'none',
      alert: over.alert,
    });
  });

  it('of errors lives likewise', () => {
    const series = endpoint((hour) => (hour >= 370 && hour < 385 ? { errors: 80 } : {}));
    expect(life(series, 'error_rate').changes).toEqual(['opened 371', 'resolved 386']);
  });
});
