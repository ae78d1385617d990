import { setTimeout as sleep } from 'node:timers/promises';
import { Registry } from 'prom-client';
import { describe, expect, it, onTestFinished } from 'vitest';
import { monitorProcess } from './process-monitor.ts';

const HELD_MS = 80;

function monitored() {
  const registry = new Registry();
  const monitor = monitorProcess(registry);
  onTestFinished(() => monitor.close());
  return { registry, monitor };
}

async function holdEventLoop(): Promise<void> {
  await sleep(50);
  for (const until = performance.now() + HELD_MS; performance.now() < until; );
  await sleep(50);
}

describe('the process monitor', () => {
  it('sees for how long the event loop was held, in the status and in the metrics', async () => {
    const { registry, monitor } = monitored();
    await holdEventLoop();
    const { eventLoopDelayMs } = monitor.status();
    expect(eventLoopDelayMs.max).toBeGreaterThanOrEqual(HELD_MS - 20);
    expect(eventLoopDelayMs.p50).toBeLessThan(HELD_MS / 2);
    expect(eventLoopDelayMs.p999).toBeLessThanOrEqual(eventLoopDelayMs.max);

    const metrics = await registry.metrics();
    const max = /^profiler_event_loop_delay_seconds\{quantile="1.000"\} (\S+)$/m.exec(metrics)?.[1];
    expect(Number(max)).toBeGreaterThanOrEqual((HELD_MS - 20) / 1000);
    expect(metrics).toContain('profiler_event_loop_delay_seconds{quantile="0.999"}');
  });

  it('tells the resident memory', async () => {
    const { registry, monitor } = monitored();
    expect(monitor.status().rssBytes).toBeGreaterThan(10 << 20);
    expect(await registry.metrics()).toMatch(/^process_resident_memory_bytes \d{8,}$/m);
  });
});
