import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import { processUsage, UsageSampler } from './process-usage.ts';
import { ThreadTimes } from './thread-times.ts';

/** A process that holds memory and burns CPU until it is told to stop. */
async function busyProcess(): Promise<number> {
  const program = 'const held = Buffer.alloc(80 << 20, 1); process.send("up"); for (;;) held[0]++;';
  const child = spawn(process.execPath, ['-e', program], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  await once(child, 'message');
  return child.pid!;
}

describe('the usage of another process', () => {
  it('is the CPU time that it used and the memory that it holds', async () => {
    const pid = await busyProcess();
    const before = processUsage(pid)!;
    await sleep(600);
    const after = processUsage(pid)!;
    const burnt = after.cpuSeconds - before.cpuSeconds;
    // It wants a whole core, and may share it with others.
    expect(burnt).toBeGreaterThan(0.05);
    expect(burnt).toBeLessThan(1.2);
    expect(after.rssBytes).toBeGreaterThan(80 << 20);
    expect(after.rssBytesPeak).toBeGreaterThanOrEqual(after.rssBytes);
  });

  it('is undefined when it is gone', () => {
    expect(processUsage(2 ** 30)).toBeUndefined();
  });

  it('is sampled over time', async () => {
    const sampler = new UsageSampler(await busyProcess(), 20);
    await sleep(300);
    sampler.stop();
    expect(sampler.rssBytesMax()).toBeGreaterThan(80 << 20);
    expect(sampler.rssBytesAt(1)).toBeGreaterThan(80 << 20);
    expect(sampler.last!.cpuSeconds).toBeGreaterThan(sampler.first!.cpuSeconds);
  });

  it.runIf(process.platform === 'linux')('is told apart by threads', async () => {
    const threads = new ThreadTimes(await busyProcess());
    expect(threads.seconds().main).toBe(0);
    await sleep(400);
    threads.look();
    const seconds = threads.seconds();
    expect(Object.keys(seconds)[0]).toBe('main');
    expect(seconds.main).toBeGreaterThan(0.05);
  });
});
