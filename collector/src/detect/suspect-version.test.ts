import { expect, it } from 'vitest';
import { suspectVersion } from './suspect-version.ts';
import type { WindowPair } from './window-pair.ts';

const sample = { requests: 1, errors: 0, durationNsSum: 0 };

function suspect(baselineVersions: string[], currentVersions: string[], firstSeen: Record<string, number> = {}) {
  const pair: WindowPair = {
    service: 'shop',
    environment: '',
    method: 'GET',
    route: '/',
    baseline: sample,
    current: sample,
    baselineVersions,
    currentVersions,
  };
  return suspectVersion(pair, (_service, _environment, version) => firstSeen[version]);
}

it('names the version that is new in the window', () => {
  expect(suspect(['1'], ['1', '2'])).toEqual({ version: '2', isNew: true });
});

it('names the newest of several new ones by when they were first seen, not by their names', () => {
  expect(suspect(['1'], ['9', '10'], { 9: 100, 10: 200 })).toEqual({ version: '10', isNew: true });
  expect(suspect(['1'], ['9', '10'], { 9: 200, 10: 100 })).toEqual({ version: '9', isNew: true });
});

it('calls a rollback to an older version new, because it came with the change', () => {
  expect(suspect(['2'], ['1'], { 1: 100, 2: 200 })).toEqual({ version: '1', isNew: true });
});

it('names the newest that answered when none is new', () => {
  expect(suspect(['1', '2'], ['1', '2'], { 1: 100, 2: 50 })).toEqual({ version: '1', isNew: false });
});

it('names none when the app names none', () => {
  expect(suspect([], [])).toEqual({ version: '', isNew: false });
});
