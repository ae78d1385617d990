// What `npm run test:chaos` does in hundreds, a few times of each: the collector is killed, starved, cut off and misled
// under traffic, and what it acknowledged is there once, with every rollup equal to brute force.

import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const CHAOS = fileURLToPath(new URL('../chaos/', import.meta.url));

/** Ten to twenty seconds each on a machine that has nothing else to do. */
const TEST_MS_MAX = 240_000;

interface Report {
  readonly skipped: string | null;
  readonly done: Readonly<Record<string, number>>;
  readonly sent: { readonly acknowledgedSpans: number };
  readonly findings: readonly unknown[];
}

function chaos(...args: string[]): Promise<{ code: number; report: Report; stderr: string }> {
  const flags = ['--conditions=@profiler/source', '--import', `${CHAOS}typescript.mjs`, `${CHAOS}main.ts`];
  return new Promise((resolve, reject) => {
    execFile(process.execPath, [...flags, ...args, '--json'], (error, stdout, stderr) => {
      if (stdout === '') return reject(new Error(`nothing was reported: ${stderr}`));
      resolve({ code: error === null ? 0 : Number(error.code), report: JSON.parse(stdout).scenarios[0], stderr });
    });
  });
}

it.for<[scenario: string, ...count: string[]]>([
  ['kill', '--kills', '5'],
  ['kill-server', '--kills', '3'],
  ['faulty-server', '--rounds', '1'],
  ['disk-full', '--rounds', '1'],
  ['clock-jumps', '--rounds', '1'],
  ['damaged-spool', '--rounds', '1'],
  // The fourth is told twice. One alone can be over before a busy machine acknowledged much.
  ['stop', '--rounds', '4'],
])('loses nothing and counts nothing twice: %s', { timeout: TEST_MS_MAX }, async ([scenario, ...count], { skip }) => {
  const { code, report, stderr } = await chaos(scenario, ...count, '--seed', '7');
  if (report.skipped !== null && !process.env.CI) skip(`skipped: ${report.skipped}`);
  expect(report.skipped, 'CI can do all of them').toBeNull();
  expect(report.findings, stderr).toEqual([]);
  expect(Object.keys(report.done)).not.toEqual([]);
  expect(report.sent.acknowledgedSpans).toBeGreaterThan(500);
  expect(code).toBe(0);
});

it('refuses a scenario that it does not know', async () => {
  await expect(chaos('flood')).rejects.toThrow('no such scenario: flood');
});
