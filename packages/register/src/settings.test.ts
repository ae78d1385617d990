import { describe, expect, it } from 'vitest';
import { readSettings } from './settings.ts';

describe('readSettings', () => {
  it('has a default for everything, and takes an empty variable for an unset one', () => {
    const expected = {
      ignoredPaths: ['/admin', '/static', '/favicon.ico'],
      nPlusOneThreshold: 3,
      slowQueryThresholdMs: 100,
      exporter: 'otlp',
      protocol: 'http/protobuf',
      endpoint: 'http://localhost:4318',
      queueSpansMax: 2_048,
      batchSpansMax: 512,
      batchDelayMs: 1_000,
      exportTimeoutMs: 30_000,
    };
    expect(readSettings({})).toEqual({ settings: expected, mistakes: [] });
    expect(readSettings({ PROFILER_IGNORED_PATHS: '', OTEL_TRACES_SAMPLER: ' ' })).toEqual({
      settings: expected,
      mistakes: [],
    });
  });

  it.each([
    ['PROFILER_IGNORED_PATHS', ' /health , /ready', 'ignoredPaths', ['/health', '/ready']],
    ['PROFILER_N_PLUS_ONE_THRESHOLD', '10', 'nPlusOneThreshold', 10],
    ['PROFILER_SLOW_QUERY_THRESHOLD_MS', '2.5', 'slowQueryThresholdMs', 2.5],
    ['OTEL_TRACES_EXPORTER', 'none', 'exporter', 'none'],
    ['OTEL_EXPORTER_OTLP_PROTOCOL', 'http/json', 'protocol', 'http/json'],
    ['OTEL_EXPORTER_OTLP_ENDPOINT', 'https://collector.example:4318/x', 'endpoint', 'https://collector.example:4318'],
    ['OTEL_BSP_MAX_QUEUE_SIZE', '100', 'queueSpansMax', 100],
    ['OTEL_BSP_SCHEDULE_DELAY', '5000', 'batchDelayMs', 5_000],
  ])('reads %s=%s', (name, text, setting, value) => {
    const { settings, mistakes } = readSettings({ [name]: text });
    expect(settings).toMatchObject({ [setting]: value });
    expect(mistakes).toEqual([]);
  });

  it('prefers what is said of traces to what is said of all signals', () => {
    const { settings } = readSettings({
      OTEL_EXPORTER_OTLP_PROTOCOL: 'http/protobuf',
      OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: 'http/json',
    });
    expect(settings.protocol).toBe('http/json');
  });

  it.each([
    ['PROFILER_IGNORED_PATHS', '/ok,admin'],
    ['PROFILER_N_PLUS_ONE_THRESHOLD', '1'],
    ['PROFILER_N_PLUS_ONE_THRESHOLD', '3.5'],
    ['PROFILER_SLOW_QUERY_THRESHOLD_MS', '-1'],
    ['PROFILER_SLOW_QUERY_THRESHOLD_MS', 'fast'],
    ['OTEL_TRACES_EXPORTER', 'zipkin'],
    ['OTEL_TRACES_SAMPLER', 'sometimes'],
    ['OTEL_EXPORTER_OTLP_PROTOCOL', 'grpc'],
    ['OTEL_EXPORTER_OTLP_ENDPOINT', 'localhost:4318'],
    ['OTEL_BSP_MAX_QUEUE_SIZE', '0'],
  ])('refuses %s=%s', (name, text) => {
    const { mistakes } = readSettings({ [name]: text });
    expect(mistakes).toEqual([expect.stringMatching(`^${name} must be .*, not "`)]);
  });

  it('names every mistake, the ratio of a sampler that has one included', () => {
    const env = {
      PROFILER_N_PLUS_ONE_THRESHOLD: 'x',
      OTEL_TRACES_SAMPLER: 'traceidratio',
      OTEL_TRACES_SAMPLER_ARG: '30',
    };
    expect(readSettings(env).mistakes).toHaveLength(2);
    expect(readSettings({ OTEL_TRACES_SAMPLER_ARG: '30' }).mistakes).toEqual([]);
  });
});
