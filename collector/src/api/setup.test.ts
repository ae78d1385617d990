import { describe, expect, it } from 'vitest';
import { appsOf, judgeApps, judgeStorage } from './judge-setup.ts';
import { judgeReceived } from './setup.ts';
import type { ServiceDiagnosis } from './types.ts';

const SOUND: ServiceDiagnosis = {
  service: 'shop',
  requests: 10,
  requestsWithoutRoute: 0,
  databaseSpans: 5,
  databaseSpansWithStatement: 5,
  instrumented: true,
  versioned: true,
  clockAheadMs: 0,
};
const warnings = (...apps: Partial<ServiceDiagnosis>[]) =>
  judgeApps(apps.map((app) => ({ ...SOUND, ...app })))
    .filter(({ result }) => result !== 'pass')
    .map(({ name }) => name);

describe('the setup', () => {
  it('is sound when every app sends all that the pages need', () => {
    expect(warnings({})).toEqual([]);
    expect(judgeApps([SOUND]).every(({ fix }) => fix === undefined)).toBe(true);
  });

  it.each([
    [[], ['requests']],
    [[{ requests: 0, databaseSpans: 0 }], ['requests']],
    [[{ instrumented: false }], ['instrumentation']],
    [[{ requestsWithoutRoute: 1 }], ['routes']],
    [[{ databaseSpansWithStatement: 0 }], ['statements']],
    [[{ databaseSpans: 0, databaseSpansWithStatement: 0 }], []],
    [[{ versioned: false }], ['versions']],
    [[{ clockAheadMs: 2_001 }], ['clocks']],
    [
      [{}, { service: 'old', versioned: false, instrumented: false }],
      ['instrumentation', 'versions'],
    ],
  ])('warns of what is missing, with a fix: %j', (apps, expected) => {
    expect(warnings(...apps)).toEqual(expected);
  });

  it('takes the spans of `profiler doctor` for no app', () => {
    expect(appsOf([SOUND, { ...SOUND, service: 'profiler-doctor' }])).toEqual([SOUND]);
  });

  it('fails where the storage does not answer', () => {
    const storage = { ready: false, kind: 'server', diskBytes: 0, spans: 0 } as const;
    expect(judgeStorage(storage)).toMatchObject({ result: 'fail', fix: expect.stringContaining('--clickhouse-url') });
    expect(judgeStorage({ ...storage, ready: true }).result).toBe('pass');
  });

  it('warns of spans that were refused, and of a spool that fills', () => {
    expect(judgeReceived({ received: 9, rejected: { too_old: 0 } }).result).toBe('pass');
    expect(judgeReceived({ received: 9, rejected: { too_old: 2, invalid_id: 1 } })).toMatchObject({
      result: 'warn',
      message: 'refused of 9: 2 too_old, 1 invalid_id',
    });
    const spool = { received: 9, rejected: {}, spoolBytesMax: 1e9 };
    expect(judgeReceived({ ...spool, spoolBytes: 4e8 }).result).toBe('pass');
    expect(judgeReceived({ ...spool, spoolBytes: 6e8 })).toMatchObject({
      result: 'warn',
      message: '600 MB wait to be stored',
    });
  });
});
