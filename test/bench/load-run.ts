import { createHistogram, type RecordableHistogram } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { type ExportAnswer, ExportClient } from './export-client.ts';
import type { BodyOutcome, LedgerEntry } from './ledger.ts';
import { LoadBodies, PackedBodies } from './load-bodies.ts';
import type { LoadOptions } from './load-options.ts';
import type { Latency, LoadReport } from './load-report.ts';

/** After its first attempt a body is given up when this has passed, as JavaScript's exporters do. */
const RETRY_MS_MAX = 10_000;
/** Pause after a refusal that names none. */
const RETRY_MS = 1_000;
/** Spans a second that bodies are packed for when the load is to be as fast as it is answered. */
const FASTEST_SPANS_PER_SECOND = 150_000;

/**
 * Sends bodies for a time: each connection sends the next body that is due, and waits for the answer. When all wait,
 * bodies become late, as they would in an app's queue; how late is reported.
 */
export class LoadRun {
  private readonly options: LoadOptions;
  private readonly bodies: LoadBodies;
  private readonly client: ExportClient;
  private readonly record: (entry: LedgerEntry) => void;
  private readonly latency: RecordableHistogram = createHistogram();
  private readonly spans: Record<BodyOutcome, number> = { acknowledged: 0, refused: 0, unknown: 0 };
  private readonly refusals: Record<string, number> = {};
  private readonly acknowledgedBySecond: number[] = [];
  private packed: PackedBodies | undefined;
  private nextBody = 0;
  private entries = 0;
  private rejectedSpans = 0;
  private retries = 0;
  private lateMsMax = 0;
  private startedAt = 0;

  constructor(options: LoadOptions, record: (entry: LedgerEntry) => void) {
    this.options = options;
    this.record = record;
    this.bodies = new LoadBodies(options);
    this.client = new ExportClient(options);
  }

  /** What has to be done before the time runs. @returns a note when memory makes the run shorter than asked for */
  prepare(): string | undefined {
    const { gzip, rate, seconds, spansPerBody, poolBytesMax } = this.options;
    if (!gzip) return undefined;
    const wanted = Math.ceil(((rate || FASTEST_SPANS_PER_SECOND) * seconds) / spansPerBody);
    const startMs = Date.now();
    this.packed = new PackedBodies(this.bodies, wanted, poolBytesMax, (body) => startMs + this.dueMs(body));
    const { count, bytes } = this.packed;
    if (count === wanted) return undefined;
    const lasts = rate === 0 ? '' : `, which last for ${Math.floor((count * spansPerBody) / rate)} s`;
    return `${Math.round(bytes / 2 ** 20)} MiB hold ${count} of ${wanted} packed bodies${lasts}; --pool-mb allows more`;
  }

  async run(): Promise<LoadReport> {
    const { connections } = this.options;
    const cpuBefore = process.cpuUsage();
    this.startedAt = performance.now();
    await Promise.all(Array.from({ length: connections }, () => this.connection()));
    const elapsedSeconds = this.elapsedMs() / 1000;
    const cpu = process.cpuUsage(cpuBefore);
    this.client.close();
    return this.report(elapsedSeconds, (cpu.user + cpu.system) / 1e6);
  }

  private async connection(): Promise<void> {
    const buffer = Buffer.allocUnsafeSlow(this.packed === undefined ? this.bodies.bytesMax : 0);
    for (let body = this.take(); body !== undefined; body = this.take()) {
      const earlyMs = this.dueMs(body) - this.elapsedMs();
      if (earlyMs > 0) await sleep(earlyMs);
      else if (this.options.rate > 0) this.lateMsMax = Math.max(this.lateMsMax, -earlyMs);
      const bytes = this.packed?.take(body) ?? this.bodies.stamp(buffer, body, Date.now());
      this.note(body, await this.sendUntilTaken(bytes));
    }
  }

  /** The next body, unless the time is over before it is due, or has passed. */
  private take(): number | undefined {
    const endMs = this.options.seconds * 1000;
    if (this.elapsedMs() >= endMs || this.dueMs(this.nextBody) >= endMs) return undefined;
    if (this.packed !== undefined && this.nextBody >= this.packed.count) return undefined;
    return this.nextBody++;
  }

  private async sendUntilTaken(bytes: Buffer): Promise<ExportAnswer> {
    const giveUpMs = this.elapsedMs() + RETRY_MS_MAX;
    for (;;) {
      const answer = await this.client.send(bytes);
      if (answer.status === 200) return answer;
      this.refusals[answer.status] = (this.refusals[answer.status] ?? 0) + 1;
      const pauseMs = answer.retryAfterSeconds === undefined ? RETRY_MS : answer.retryAfterSeconds * 1000;
      const isRetryable = [0, 429, 502, 503, 504].includes(answer.status);
      if (!this.options.retry || !isRetryable || this.elapsedMs() + pauseMs > giveUpMs) return answer;
      this.retries++;
      await sleep(pauseMs);
    }
  }

  private note(body: number, answer: ExportAnswer): void {
    const { spans, entries } = this.bodies.template(body);
    const outcome = answer.status === 200 ? 'acknowledged' : answer.status === 0 ? 'unknown' : 'refused';
    this.spans[outcome] += spans;
    this.record({ outcome, body, spans, entries });
    if (outcome !== 'acknowledged') return;
    this.entries += entries;
    this.rejectedSpans += answer.rejectedSpans;
    this.latency.record(Math.max(1, Math.round(answer.latencyMs * 1000)));
    const second = Math.floor(this.elapsedMs() / 1000);
    this.acknowledgedBySecond[second] = (this.acknowledgedBySecond[second] ?? 0) + spans;
  }

  private report(elapsedSeconds: number, cpuSeconds: number): LoadReport {
    const { rate, seconds, spansPerBody, run, encoding, gzip, connections } = this.options;
    const sentSpans = this.spans.acknowledged + this.spans.refused + this.spans.unknown;
    return {
      run,
      encoding,
      gzip,
      connections,
      spansPerBody,
      bytesPerBody: Math.round(this.bodies.template(0).bytes.length),
      elapsedSeconds,
      offeredSpans: rate === 0 ? sentSpans : Math.ceil((rate * seconds) / spansPerBody) * spansPerBody,
      sentSpans,
      acknowledgedSpans: this.spans.acknowledged,
      acknowledgedEntries: this.entries,
      refusedSpans: this.spans.refused,
      unknownSpans: this.spans.unknown,
      rejectedSpans: this.rejectedSpans,
      refusals: this.refusals,
      retries: this.retries,
      acknowledgeMs: latencyOf(this.latency),
      lateMsMax: this.lateMsMax,
      cpuSeconds,
      acknowledgedBySecond: Array.from(this.acknowledgedBySecond, (spans) => spans ?? 0),
    };
  }

  private dueMs(body: number): number {
    const { rate, spansPerBody } = this.options;
    return rate === 0 ? 0 : ((body * spansPerBody) / rate) * 1000;
  }

  private elapsedMs(): number {
    return performance.now() - this.startedAt;
  }
}

function latencyOf(histogram: RecordableHistogram): Latency {
  if (histogram.count === 0) return { p50: 0, p99: 0, max: 0 };
  const ms = (microseconds: number) => microseconds / 1000;
  return { p50: ms(histogram.percentile(50)), p99: ms(histogram.percentile(99)), max: ms(histogram.max) };
}
