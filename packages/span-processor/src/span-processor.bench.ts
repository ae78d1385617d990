import { type Context, ROOT_CONTEXT, SpanKind, type Tracer, trace } from '@opentelemetry/api';
import {
  AlwaysOffSampler,
  createAlwaysRecordSampler,
  NoopSpanProcessor,
  type Sampler,
  type SpanProcessor,
  TracerProvider,
} from '@opentelemetry/sdk-trace';
import { bench, describe } from 'vitest';
import { ProfilerSpanProcessor } from './profiler-span-processor.ts';

// One request with five queries of three statements and two middleware spans: eight spans. The processor's cost for each
// is the difference between two lines, divided by eight. Nothing is exported.

const TEXTS = [
  'SELECT * FROM authors WHERE id = $1',
  'SELECT name FROM books WHERE author_id = $1 ORDER BY id LIMIT 10',
  'UPDATE visits SET count = count + 1 WHERE page = $1',
];

function tracer(processor: SpanProcessor, sampler?: Sampler): Tracer {
  return new TracerProvider({ spanProcessors: [processor], ...(sampler && { sampler }) }).getTracer('bench');
}

function profiler(): ProfilerSpanProcessor {
  const exporter = { export: () => {}, shutdown: async () => {} };
  return new ProfilerSpanProcessor({
    exporter,
    createBatchProcessor: () => new NoopSpanProcessor(),
    queueSpansMax: 1e15,
  });
}

let literal = 0;

function request(spans: Tracer, textOf: (at: number) => string): void {
  const attributes = { 'http.request.method': 'GET', 'url.path': '/authors/7', 'url.scheme': 'http' };
  const entry = spans.startSpan('GET', { kind: SpanKind.SERVER, attributes }, ROOT_CONTEXT);
  let context: Context = trace.setSpan(ROOT_CONTEXT, entry);
  const layers = ['middleware', 'handler'].map((name) => {
    const layer = spans.startSpan(name, {}, context);
    context = trace.setSpan(context, layer);
    return layer;
  });
  for (let at = 0; at < 5; at++) {
    const db = { 'db.system.name': 'postgresql', 'db.namespace': 'library', 'server.port': 5432 };
    const query = spans.startSpan('pg.query:SELECT library', { kind: SpanKind.CLIENT, attributes: db }, context);
    query.setAttribute('db.query.text', textOf(at));
    query.end();
  }
  for (const layer of layers.reverse()) layer.end();
  entry.setAttributes({ 'http.response.status_code': 200, 'http.route': '/authors/:id' });
  entry.end();
}

const known = (at: number) => TEXTS[at % TEXTS.length] ?? '';
const inlined = (at: number) => `${known(at).replace('$1', String(++literal))} /* never seen before */`;

describe('a request of eight spans', () => {
  const plain = tracer(new NoopSpanProcessor());
  const profiled = tracer(profiler());
  const off = tracer(new NoopSpanProcessor(), new AlwaysOffSampler());
  const unsampled = tracer(profiler(), createAlwaysRecordSampler(new AlwaysOffSampler()));

  bench('the SDK alone', () => request(plain, known));
  bench('with the processor', () => request(profiled, known));
  bench('with the processor, every query a text of its own', () => request(profiled, inlined));
  bench('unsampled, the SDK alone', () => request(off, known));
  bench('unsampled, with the processor', () => request(unsampled, known));
});
