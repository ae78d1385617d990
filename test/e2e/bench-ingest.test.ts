// The bench that says how fast the write path is also says whether it is right; here, briefly and slowly, that it runs.

import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import type { LoadReport } from '../bench/load-report.ts';
import type { MeasuredRun } from '../bench/measured-run.ts';
import { startCollector } from '../support/collector-process.ts';

const RUNNER = fileURLToPath(new URL('../bench/run.mjs', import.meta.url));
const run = promisify(execFile);

async function bench(...args: string[]): Promise<{ run: MeasuredRun; faults: string[] }> {
  const { stdout } = await run(process.execPath, [RUNNER, 'bench-ingest', '--no-stages', '--json', ...args]);
  return JSON.parse(stdout);
}

describe('bench:ingest', () => {
  it('loads a collector, and finds stored, once, what was acknowledged', async () => {
    const { run: measured, faults } = await bench('--seconds', '2', '--rate', '5120');
    expect(faults).toEqual([]);
    expect(measured.load).toMatchObject({ acknowledgedSpans: 10_240, refusedSpans: 0, unknownSpans: 0 });
    const { audit } = measured;
    expect(audit).toMatchObject({ acknowledgedSpans: 10_240, storedSpans: 10_240, minutelyMismatches: 0 });
    expect(audit!.storedEntries).toBe(measured.load.acknowledgedEntries);
    expect(measured.cpuSecondsToDrained).toBeGreaterThan(0);
    expect(measured.rssBytesPeak).toBeGreaterThan(50 << 20);
    expect(measured.api!.failed).toBe(0);
    expect(measured.atEnd!.eventLoopDelayMs.max).toBeGreaterThan(0);
  });

  it('measures the collector alone, with a ClickHouse that forgets what it is given', async () => {
    const { run: measured, faults } = await bench(
      '--sink',
      '--seconds',
      '2',
      '--rate',
      '5120',
      '--encoding',
      'json',
      '--gzip',
    );
    expect(faults).toEqual([]);
    expect(measured.load).toMatchObject({ acknowledgedSpans: 10_240, encoding: 'json', gzip: true });
    expect(measured.drainSeconds).toBeLessThan(30);
  });

  it('measures a collector that somebody else started', async () => {
    const collector = await startCollector();
    try {
      const target = ['--target', collector.url, '--pid', String(collector.pid)];
      const { run: measured } = await bench(...target, '--seconds', '1', '--rate', '5120');
      expect(measured.load.acknowledgedSpans).toBe(5_120);
      expect(measured.rssBytesPeak).toBeGreaterThan(50 << 20);
    } finally {
      await collector.stop();
    }
  });
});

it('the load by itself reports to a person and to a machine', async () => {
  const collector = await startCollector();
  try {
    const args = [RUNNER, 'otlp-load', '--url', collector.url, '--seconds', '1', '--rate', '2000', '--run', '12'];
    const { stdout } = await run(process.execPath, [...args, '--json']);
    expect(JSON.parse(stdout) as LoadReport).toMatchObject({ run: 12, acknowledgedSpans: 2_048 });
    expect((await run(process.execPath, args)).stdout).toMatch(/acknowledged spans +2,048/);
  } finally {
    await collector.stop();
  }
  await expect(run(process.execPath, [RUNNER, 'otlp-load', '--rate', 'fast'])).rejects.toMatchObject({ code: 2 });
});
