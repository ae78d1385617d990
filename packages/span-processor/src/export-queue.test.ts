import type { ReadableSpan, SpanExporter } from '@opentelemetry/sdk-trace';
import { BatchSpanProcessor } from '@opentelemetry/sdk-trace';
import { describe, expect, it } from 'vitest';
import { TracedApp } from './traced-app.fixture.ts';

/** Answers when told to. */
class HeldExporter implements SpanExporter {
  readonly spans: ReadableSpan[] = [];
  readonly #held: (() => void)[] = [];
  fails = false;

  export(spans: ReadableSpan[], done: Parameters<SpanExporter['export']>[1]): void {
    if (!this.fails) this.spans.push(...spans);
    const code = this.fails ? 1 : 0;
    this.#held.push(() => done({ code }));
  }
  release(): void {
    for (const answer of this.#held.splice(0)) answer();
  }
  async shutdown(): Promise<void> {}
}

function appWith(exporter: SpanExporter, queueSpansMax: number): TracedApp {
  return new TracedApp({
    exporter,
    queueSpansMax,
    createBatchProcessor: (watched, maxQueueSize) =>
      new BatchSpanProcessor({ exporter: watched, maxQueueSize, maxExportBatchSize: maxQueueSize }),
  });
}

function isEntry(span: ReadableSpan): boolean {
  return span.attributes['profiler.version'] !== undefined;
}

async function flush(app: TracedApp, exporter: HeldExporter): Promise<void> {
  const flushed = app.processor.forceFlush().catch(() => {});
  exporter.release();
  await flushed;
}

describe('the export queue', () => {
  it('keeps a quarter of its places for entry spans, and the next entry span says what found none', async () => {
    const exporter = new HeldExporter();
    const app = appWith(exporter, 40);
    const request = app.serve();
    for (let at = 0; at < 100; at++) app.query('SELECT * FROM t', request).end();
    request.end();
    await flush(app, exporter);
    app.serve().end();
    await flush(app, exporter);

    const entries = exporter.spans.filter(isEntry);
    expect(entries[0]?.attributes).toMatchObject({ 'profiler.query_count': 100, 'profiler.dropped_spans': 70 });
    expect(entries[1]?.attributes['profiler.dropped_spans']).toBeUndefined();
    expect(exporter.spans).toHaveLength(30 + 2);
  });

  it('counts entry spans that found no room, with what they had to report', async () => {
    const exporter = new HeldExporter();
    const app = appWith(exporter, 4);
    for (let at = 0; at < 4 + 4 + 3; at++) app.serve().end(); // in flight, in the queue, without room
    await flush(app, exporter);
    app.serve().end();
    await flush(app, exporter);
    expect(exporter.spans).toHaveLength(9);
    expect(exporter.spans.at(-1)?.attributes['profiler.dropped_spans']).toBe(3);
  });

  it('counts the spans of an export that failed, and then what they had reported', async () => {
    const exporter = new HeldExporter();
    const app = appWith(exporter, 40);
    exporter.fails = true;
    app.serve().end();
    await flush(app, exporter);
    app.serve().end();
    await flush(app, exporter);
    exporter.fails = false;
    app.serve().end();
    await flush(app, exporter);
    expect(exporter.spans.map((span) => span.attributes['profiler.dropped_spans'])).toEqual([2]);
  });

  it('flushes what is on its way as well', async () => {
    const exporter = new HeldExporter();
    const app = appWith(exporter, 1); // A full queue is sent at once.
    app.serve().end();
    expect(exporter.spans).toHaveLength(1);
    expect(app.processor.isBusy).toBe(true);
    let flushed = false;
    const flushing = app.processor.forceFlush().then(() => {
      flushed = true;
    });
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(flushed).toBe(false);
    exporter.release();
    await flushing;
    expect(app.processor.isBusy).toBe(false);
  });
});
