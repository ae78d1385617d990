import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type EndpointSample, ratio } from './ratio.ts';

const OPTIONS = { responseTimeFactor: 2, errorRateDelta: 0.1, minRequests: 20 };
const sample = (requests: number, averageMs: number, errors = 0): EndpointSample => ({
  requests,
  errors,
  durationNsSum: requests * averageMs * 1e6,
});

describe('response time', () => {
  const compare = (baseline: EndpointSample, current: EndpointSample) => ratio(baseline, current, OPTIONS).responseTime;

  it('has regressed when the average exceeds the factor, not when it reaches it', () => {
    expect(compare(sample(100, 50), sample(40, 101))).toEqual({
      kind: 'response_time',
      baseline: 50,
      current: 101,
      change: 2.02,
      baselineRequests: 100,
      currentRequests: 40,
      regressed: true,
      warnings: [],
    });
    expect(compare(sample(100, 50), sample(40, 100)).regressed).toBe(false);
    expect(compare(sample(100, 50), sample(40, 25)).regressed).toBe(false);
  });

  it('says why it cannot tell', () => {
    expect(compare(sample(19, 50), sample(100, 500))).toMatchObject({
      regressed: false,
      warnings: ['too_few_requests'],
    });
    expect(compare(sample(100, 50), sample(19, 500))).toMatchObject({
      regressed: false,
      warnings: ['too_few_requests'],
    });
    expect(compare(sample(0, 0), sample(100, 500))).toMatchObject({
      regressed: false,
      warnings: ['no_baseline', 'too_few_requests'],
    });
    expect(compare(sample(100, 0), sample(100, 500))).toMatchObject({ regressed: false, warnings: ['zero_baseline'] });
  });

  it('compares from the first request when the guard is 1', () => {
    expect(ratio(sample(1, 50), sample(1, 101), { ...OPTIONS, minRequests: 1 }).responseTime.regressed).toBe(true);
    expect(ratio(sample(0, 0), sample(1, 101), { ...OPTIONS, minRequests: 1 }).responseTime.regressed).toBe(false);
  });
});

describe('the error rate', () => {
  const compare = (baselineErrors: number, currentErrors: number) =>
    ratio(sample(100, 1, baselineErrors), sample(100, 1, currentErrors), OPTIONS).errorRate;

  it('has regressed when it exceeds the baseline by more than the delta', () => {
    expect(compare(0, 11)).toMatchObject({
      kind: 'error_rate',
      baseline: 0,
      current: 0.11,
      change: 0.11,
      regressed: true,
    });
    expect(compare(0, 10).regressed).toBe(false);
    expect(compare(20, 30).regressed).toBe(false);
    expect(compare(20, 31).regressed).toBe(true);
  });

  it('is not misled by binary fractions at exactly the delta', () => {
    for (let errors = 0; errors <= 90; errors++) expect(compare(errors, errors + 10).regressed).toBe(false);
  });
});

it('a faster and sounder window never regresses', () => {
  const samples = fc.record({ requests: fc.nat(1_000), errors: fc.nat(1_000), durationNsSum: fc.nat(1e9) });
  fc.assert(
    fc.property(samples, (it) => {
      const { responseTime, errorRate } = ratio(it, it, { ...OPTIONS, minRequests: 1 });
      expect(responseTime.regressed || errorRate.regressed).toBe(false);
    }),
  );
});
