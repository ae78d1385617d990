import { expect, it } from 'vitest';
import { nextDeployAtMs } from './deploy-time.ts';

const at = (time: string) => Date.parse(`2026-01-01T${time}Z`);

it.each([
  ['10:00:00', '10:01:00'],
  ['10:00:46', '10:01:00'],
  ['10:00:46.001', '10:02:00'],
  ['10:00:59.999', '10:02:00'],
  ['23:59:50', '24:01:00'],
])('at %s the next version goes live at %s', (now, live) => {
  const expected = live === '24:01:00' ? at('00:01:00') + 86_400_000 : at(live);
  expect(nextDeployAtMs(at(now))).toBe(expected);
});
