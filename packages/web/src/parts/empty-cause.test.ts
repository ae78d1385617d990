import { expect, it } from 'vitest';
import { emptyCause, startLine } from './empty-cause.ts';

it('tells nothing received from no request among the spans from filters that hide them', () => {
  expect(emptyCause({ spans: 0, requests: 0 })).toBe('no-spans');
  expect(emptyCause({ spans: 5, requests: 0 })).toBe('no-requests');
  expect(emptyCause({ spans: 5, requests: 1 })).toBe('narrowed');
});

it('names the address only where it is not the default', () => {
  expect(startLine('http://localhost:4318')).toBe('node --import @profiler/register app.js');
  expect(startLine('http://127.0.0.1:4318')).toBe('node --import @profiler/register app.js');
  expect(startLine('http://localhost:9000')).toBe(
    'OTEL_EXPORTER_OTLP_ENDPOINT=http://localhost:9000 node --import @profiler/register app.js',
  );
});
