import { expect, it } from 'vitest';
import { axisLabels } from './axis-labels.ts';
import { duration } from './duration.ts';

it('writes a label once where values are too close to read differently', () => {
  expect(axisLabels([0.002, 0.004, 12].map(duration))).toEqual(['<0.01 ms', '', '12 ms']);
  expect(axisLabels(['12:00', '12:00', '12:00', '12:01', '12:01'])).toEqual(['12:00', '', '', '12:01', '']);
});

it('keeps what returns later: noon of another day', () => {
  expect(axisLabels(['12:00', '3 Nov', '12:00'])).toEqual(['12:00', '3 Nov', '12:00']);
});
