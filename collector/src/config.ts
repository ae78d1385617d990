/**
 * Every setting of the collector, read once from flags and environment, checked as a whole, and frozen.
 * A wrong value is a {@link ConfigError} that names every mistake at once.
 */
export interface Config {
  /** Address to listen on. @default '127.0.0.1' */
  readonly host: string;
  /** Port for OTLP/HTTP, API and dashboard; 0 picks a free one. @default 4318 */
  readonly port: number;
  /** Directory of the embedded engine and of the spool. @default './.profiler' */
  readonly dataDir: string;
  /** A ClickHouse server in place of the embedded engine: `http://user:password@host:8123/database`. @default undefined */
  readonly clickhouseUrl: string | undefined;
  /** How long raw spans are kept, in days. @default 7 */
  readonly retentionDays: number;
  /** Bearer token that every route but `/healthz` and `/readyz` then asks for. @default undefined */
  readonly authToken: string | undefined;
  /** Whether this process closes windows and detects. @default true */
  readonly scheduler: boolean;
  /** A request that takes this long or longer is slow, in milliseconds. @default 1000 */
  readonly slowRequestThresholdMs: number;
  /** Length of a summary window, in minutes, 1 to 1440, aligned to the UTC epoch. @default 60 */
  readonly aggregationWindowMinutes: number;
  /** Path prefixes, by whole segments, whose requests are not profiled. @default ['/admin', '/static', '/favicon.ico'] */
  readonly ignoredPaths: readonly string[];
  /** The same query this often in one request, on one loop path, is an N+1. @default 3 */
  readonly nPlusOneThreshold: number;
  /** A query that takes this long or longer is slow, in milliseconds. @default 100 */
  readonly slowQueryThresholdMs: number;
  /** Rules that look for regressions. @default ['ratio'] */
  readonly regressionRules: readonly 'ratio'[];
  /** Average over baseline average above which response time has regressed. @default 2.0 */
  readonly regressionResponseTimeFactor: number;
  /** Increase of the error rate, as a fraction, above which it has regressed. @default 0.1 */
  readonly regressionErrorRateDelta: number;
  /** Requests that both windows must have before they are compared. @default 20 */
  readonly regressionMinRequests: number;
  /** Where regressions are sent; Slack's and Discord's webhook hosts get their own shapes. @default [] */
  readonly webhookUrls: readonly string[];
}
