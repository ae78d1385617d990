import { createHistogram } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';

const PATHS = ['/api/v1/endpoints', '/api/v1/requests', '/api/v1/findings'];
const PAUSE_MS = 250;

export interface ApiTimes {
  readonly asked: number;
  /** Answered with anything but 200, or not at all. */
  readonly failed: number;
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly maxMs: number;
}

/** Asks the dashboard's API as an open dashboard does, one list after the other, while the load runs. */
export class ApiPoll {
  private readonly histogram = createHistogram();
  private readonly stopped = new AbortController();
  private readonly running: Promise<void>;
  private asked = 0;
  private failed = 0;

  constructor(url: string) {
    this.running = this.run(url);
  }

  async stop(): Promise<ApiTimes> {
    this.stopped.abort();
    await this.running;
    const ms = (percentile: number) => (this.asked === 0 ? 0 : this.histogram.percentile(percentile) / 1000);
    return { asked: this.asked, failed: this.failed, p50Ms: ms(50), p95Ms: ms(95), maxMs: ms(100) };
  }

  private async run(url: string): Promise<void> {
    const { signal } = this.stopped;
    for (let turn = 0; !signal.aborted; turn++) {
      const askedAt = performance.now();
      const answered = await fetch(url + PATHS[turn % PATHS.length]!)
        .then(async (response) => {
          await response.arrayBuffer();
          return response.ok;
        })
        .catch(() => false);
      this.asked++;
      if (!answered) this.failed++;
      this.histogram.record(Math.max(1, Math.round((performance.now() - askedAt) * 1000)));
      await sleep(PAUSE_MS, undefined, { signal }).catch(() => {});
    }
  }
}
