import { describe, expect, it } from 'vitest';
import { ConfigError, isLoopback, readConfig } from './config.ts';

function mistakes(flags: Record<string, string>, env: Record<string, string>): readonly string[] {
  try {
    readConfig(flags, env);
  } catch (error) {
    if (error instanceof ConfigError) return error.mistakes;
    throw error;
  }
  return [];
}

describe('readConfig', () => {
  it('has the defaults of the documentation', () => {
    expect(readConfig({}, {})).toEqual({
      host: '127.0.0.1',
      port: 4318,
      dataDir: './.profiler',
      durability: 'fsync',
      clickhouseUrl: undefined,
      clickhousePort: undefined,
      retentionDays: 7,
      authToken: undefined,
      scheduler: true,
      slowRequestThresholdMs: 1000,
      aggregationWindowMinutes: 60,
      ignoredPaths: ['/admin', '/static', '/favicon.ico'],
      nPlusOneThreshold: 3,
      cacheLoopThreshold: 10,
      manyQueriesThreshold: 50,
      slowQueryThresholdMs: 100,
      regressionRules: ['scan', 'ratio'],
      regressionResponseTimeFactor: 2,
      regressionErrorRateDelta: 0.1,
      regressionMinRequests: 20,
      webhookUrls: [],
    });
  });

  it.each([
    ['PROFILER_HOST', 'localhost', 'host', 'localhost'],
    ['PROFILER_PORT', '0', 'port', 0],
    ['PROFILER_DATA_DIR', '/var/lib/profiler', 'dataDir', '/var/lib/profiler'],
    ['PROFILER_CLICKHOUSE_URL', 'http://u:p@ch:8123/apm', 'clickhouseUrl', 'http://u:p@ch:8123/apm'],
    ['PROFILER_CLICKHOUSE_PORT', '8123', 'clickhousePort', 8123],
    ['PROFILER_RETENTION', '30d', 'retentionDays', 30],
    ['PROFILER_AUTH_TOKEN', 's3cret', 'authToken', 's3cret'],
    ['PROFILER_SCHEDULER', 'off', 'scheduler', false],
    ['PROFILER_SLOW_REQUEST_THRESHOLD_MS', '250', 'slowRequestThresholdMs', 250],
    ['PROFILER_AGGREGATION_WINDOW_MINUTES', '1440', 'aggregationWindowMinutes', 1440],
    ['PROFILER_IGNORED_PATHS', ' /health , /admin,', 'ignoredPaths', ['/health', '/admin']],
    ['PROFILER_N_PLUS_ONE_THRESHOLD', '10', 'nPlusOneThreshold', 10],
    ['PROFILER_CACHE_LOOP_THRESHOLD', '20', 'cacheLoopThreshold', 20],
    ['PROFILER_MANY_QUERIES_THRESHOLD', '100', 'manyQueriesThreshold', 100],
    ['PROFILER_SLOW_QUERY_THRESHOLD_MS', '12.5', 'slowQueryThresholdMs', 12.5],
    ['PROFILER_REGRESSION_RULES', 'ratio', 'regressionRules', ['ratio']],
    ['PROFILER_REGRESSION_RESPONSE_TIME_FACTOR', '1.5', 'regressionResponseTimeFactor', 1.5],
    ['PROFILER_REGRESSION_ERROR_RATE_DELTA', '0.05', 'regressionErrorRateDelta', 0.05],
    ['PROFILER_REGRESSION_MIN_REQUESTS', '1', 'regressionMinRequests', 1],
    ['PROFILER_WEBHOOK_URL', 'https://a.test/x,http://b.test', 'webhookUrls', ['https://a.test/x', 'http://b.test']],
  ])('reads %s=%s', (variable, text, name, value) => {
    expect(readConfig({}, { [variable]: text })).toHaveProperty(name, value);
  });

  it('prefers a flag to its variable, and takes an empty variable for an absent one', () => {
    expect(readConfig({ port: '1' }, { PROFILER_PORT: '2' }).port).toBe(1);
    expect(readConfig({}, { PROFILER_PORT: '' }).port).toBe(4318);
  });

  it('names every mistake at once, with what is allowed', () => {
    expect(
      mistakes(
        { port: '70000', retention: '7', 'data-dir': '' },
        {
          PROFILER_SLOW_REQUEST_THRESHOLD_MS: '1e3',
          PROFILER_AGGREGATION_WINDOW_MINUTES: '0',
          PROFILER_IGNORED_PATHS: 'admin',
          PROFILER_N_PLUS_ONE_THRESHOLD: '3.5',
          PROFILER_SLOW_QUERY_THRESHOLD_MS: '-1',
          PROFILER_REGRESSION_RESPONSE_TIME_FACTOR: '0.5',
          PROFILER_REGRESSION_ERROR_RATE_DELTA: '10',
          PROFILER_REGRESSION_MIN_REQUESTS: '0',
          PROFILER_WEBHOOK_URL: 'slack.com',
          PROFILER_SCHEDULER: 'yes',
        },
      ),
    ).toEqual([
      '--port cannot be "70000"; allowed: a whole number from 0 (picks a free port) to 65535',
      '--data-dir cannot be ""; allowed: a directory',
      '--retention cannot be "7"; allowed: whole days from 1d to 3650d, as in 7d',
      'PROFILER_SCHEDULER cannot be "yes"; allowed: on or off',
      'PROFILER_SLOW_REQUEST_THRESHOLD_MS cannot be "1e3"; allowed: milliseconds from 0 to 86400000',
      'PROFILER_AGGREGATION_WINDOW_MINUTES cannot be "0"; allowed: whole minutes from 1 to 1440',
      'PROFILER_IGNORED_PATHS cannot be "admin"; allowed: paths that begin with /, separated by commas',
      'PROFILER_N_PLUS_ONE_THRESHOLD cannot be "3.5"; allowed: a whole number from 2 to 1000000',
      'PROFILER_SLOW_QUERY_THRESHOLD_MS cannot be "-1"; allowed: milliseconds from 0 to 86400000',
      'PROFILER_REGRESSION_RESPONSE_TIME_FACTOR cannot be "0.5"; allowed: a number from 1 to 1000',
      'PROFILER_REGRESSION_ERROR_RATE_DELTA cannot be "10"; allowed: a fraction from 0 to 1',
      'PROFILER_REGRESSION_MIN_REQUESTS cannot be "0"; allowed: a whole number from 1 to 1000000',
      'PROFILER_WEBHOOK_URL is not valid; allowed: http or https URLs, separated by commas',
    ]);
  });

  it('does not repeat a secret', () => {
    expect(
      mistakes({}, { PROFILER_AUTH_TOKEN: 'two words', PROFILER_CLICKHOUSE_URL: 'tcp://u:hunter2@h' }).join(),
    ).not.toMatch(/two words|hunter2/);
  });

  it('takes either rule, and both', () => {
    const rules = (text: string) => readConfig({}, { PROFILER_REGRESSION_RULES: text }).regressionRules;
    expect([rules('scan'), rules('ratio'), rules('ratio, scan')]).toEqual([['scan'], ['ratio'], ['ratio', 'scan']]);
    expect(mistakes({}, { PROFILER_REGRESSION_RULES: 'scan,scam' })).toEqual([
      'PROFILER_REGRESSION_RULES cannot be "scan,scam"; allowed: scan, ratio, or both with a comma',
    ]);
  });

  it('lets other machines in only with a token', () => {
    expect(mistakes({ host: '0.0.0.0' }, {})).toEqual([expect.stringContaining('--auth-token')]);
    expect(readConfig({ host: '0.0.0.0', 'auth-token': 's3cret' }, {}).host).toBe('0.0.0.0');
  });

  it('opens the embedded storage to others only where there is one', () => {
    const server = { PROFILER_CLICKHOUSE_URL: 'http://u:hunter2@ch:8123/apm' };
    expect(mistakes({ 'clickhouse-port': '8123' }, server)).toEqual([
      expect.stringMatching(
        /^--clickhouse-port opens the embedded storage, and --clickhouse-url .* leave --clickhouse-port/,
      ),
    ]);
    expect(mistakes({ 'clickhouse-port': 'yes' }, {})).toEqual([
      '--clickhouse-port cannot be "yes"; allowed: a whole number from 0 (picks a free port) to 65535',
    ]);
  });

  it('cannot be changed afterwards', () => {
    const config = readConfig({}, { PROFILER_IGNORED_PATHS: '/a' });
    expect(() => Object.assign(config, { port: 1 })).toThrow(TypeError);
    expect(() => Object.assign(config.ignoredPaths, ['/b'])).toThrow(TypeError);
  });
});

describe('isLoopback', () => {
  it.each(['127.0.0.1', '127.8.9.1', '::1', 'localhost'])('is true of %s', (host) =>
    expect(isLoopback(host)).toBe(true),
  );
  it.each(['0.0.0.0', '::', '10.0.0.1', '127.example.com', 'localhost.example.com'])('is false of %s', (host) =>
    expect(isLoopback(host)).toBe(false),
  );
});
