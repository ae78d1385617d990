import { expect, it } from 'vitest';
import type { MeasuredRun } from './measured-run.ts';
import { overloadFaults } from './overload.ts';

const MIB = 2 ** 20;

function run(refusals: Record<string, number>, rssMib: readonly number[]): MeasuredRun {
  const rssBytesAt = rssMib.map((mib) => mib * MIB);
  return { load: { refusals }, rssBytesAt, rssBytesPeak: Math.max(...rssBytesAt) } as unknown as MeasuredRun;
}

it('an overloaded collector may refuse with 429 and 503, and hold its memory', () => {
  expect(overloadFaults(run({ 429: 10, 503: 5_000 }, [400, 600, 610, 620]))).toEqual([]);
});

it('it may not break connections, nor refuse in other words', () => {
  expect(overloadFaults(run({ 0: 1, 503: 3 }, [600, 600, 600, 600]))).toEqual([
    'refusals other than 429 and 503: {"0":1}',
  ]);
  expect(overloadFaults(run({ 500: 2 }, [600, 600, 600, 600]))).toHaveLength(1);
});

it('its memory may neither go on growing nor be without bound', () => {
  expect(overloadFaults(run({}, [300, 400, 500, 600]))).toEqual([
    'memory grew from 400 to 600 MiB in the second half of the load',
  ]);
  expect(overloadFaults(run({}, [1_700, 1_700, 1_700, 1_700]))).toEqual(['memory rose to 1700 MiB']);
});
