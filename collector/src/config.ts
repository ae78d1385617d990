import { z } from 'zod';

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
  /** Port at which the embedded engine can be read by ClickHouse's HTTP interface; 0 picks a free one. @default undefined: closed */
  readonly clickhousePort: number | undefined;
  /** How long raw spans are kept, in days. @default 7 */
  readonly retentionDays: number;
  /** What must be on disk before a request is acknowledged: `os` survives the end of the process, `fsync` also a loss of power. @default 'fsync' */
  readonly durability: 'fsync' | 'os';
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
  /** The same command of a cache this often in one request, on one loop path, is a loop. @default 10 */
  readonly cacheLoopThreshold: number;
  /** This many queries in one request, a loop counting as one, are too many. @default 50 */
  readonly manyQueriesThreshold: number;
  /** Rules that look for regressions. @default ['scan', 'ratio'] */
  readonly regressionRules: readonly ('scan' | 'ratio')[];
  /** Average over baseline average above which response time has regressed. @default 2.0 */
  readonly regressionResponseTimeFactor: number;
  /** Increase of the error rate, as a fraction, above which it has regressed. @default 0.1 */
  readonly regressionErrorRateDelta: number;
  /** Requests that both windows must have before they are compared. @default 20 */
  readonly regressionMinRequests: number;
  /** Where regressions are sent; Slack's and Discord's webhook hosts get their own shapes. @default [] */
  readonly webhookUrls: readonly string[];
}

/** Flags of `profiler start`, by their name on the command line; each wins over its environment variable. */
export type StartFlags = Readonly<Record<string, string | undefined>>;
export type Environment = Readonly<Record<string, string | undefined>>;

/** Every setting that is wrong, one sentence each, with what is allowed. */
export class ConfigError extends Error {
  readonly mistakes: readonly string[];

  constructor(mistakes: readonly string[]) {
    super(mistakes.join('\n'));
    this.name = 'ConfigError';
    this.mistakes = mistakes;
  }
}

/** Where a setting is read from, what it may be, and how that is said to a person. */
interface Setting<Value> {
  readonly env: string;
  /** Name of the flag, without its dashes; some settings have none. */
  readonly flag?: string;
  readonly schema: z.ZodType<Value, string>;
  readonly fallback: Value;
  readonly allowed: string;
  /** The value must not be repeated in a message. */
  readonly secret?: true;
}

const number = (from: number, to: number) =>
  z
    .string()
    .regex(/^\d+(\.\d+)?$/)
    .transform(Number)
    .pipe(z.number().min(from).max(to));
const wholeNumber = (from: number, to: number) => number(from, to).pipe(z.int());
const list = <Element extends z.ZodType<string, string>>(element: Element) =>
  z
    .string()
    .transform((text) => text.split(',').map((part) => part.trim()))
    .transform((parts) => parts.filter((part) => part !== ''))
    .pipe(z.array(element));
const httpUrl = z.url({ protocol: /^https?$/ });

const SETTINGS: { readonly [Name in keyof Config]: Setting<Config[Name]> } = {
  host: {
    env: 'PROFILER_HOST',
    flag: 'host',
    schema: z.string().regex(/^[A-Za-z0-9.:_-]+$/),
    fallback: '127.0.0.1',
    allowed: 'a host name or an address without a port',
  },
  port: {
    env: 'PROFILER_PORT',
    flag: 'port',
    schema: wholeNumber(0, 65_535),
    fallback: 4318,
    allowed: 'a whole number from 0 (picks a free port) to 65535',
  },
  dataDir: {
    env: 'PROFILER_DATA_DIR',
    flag: 'data-dir',
    schema: z.string(),
    fallback: './.profiler',
    allowed: 'a directory',
  },
  clickhouseUrl: {
    env: 'PROFILER_CLICKHOUSE_URL',
    flag: 'clickhouse-url',
    schema: httpUrl,
    fallback: undefined,
    allowed: 'http://user:password@host:8123/database, or https',
    secret: true,
  },
  clickhousePort: {
    env: 'PROFILER_CLICKHOUSE_PORT',
    flag: 'clickhouse-port',
    schema: wholeNumber(0, 65_535),
    fallback: undefined,
    allowed: 'a whole number from 0 (picks a free port) to 65535',
  },
  retentionDays: {
    env: 'PROFILER_RETENTION',
    flag: 'retention',
    schema: z
      .string()
      .regex(/^\d+d$/)
      .transform((text) => text.slice(0, -1))
      .pipe(wholeNumber(1, 3650)),
    fallback: 7,
    allowed: 'whole days from 1d to 3650d, as in 7d',
  },
  durability: {
    env: 'PROFILER_DURABILITY',
    flag: 'durability',
    schema: z.enum(['fsync', 'os']),
    fallback: 'fsync',
    allowed: 'fsync (survives a loss of power) or os (survives the end of the process)',
  },
  authToken: {
    env: 'PROFILER_AUTH_TOKEN',
    flag: 'auth-token',
    schema: z.string().regex(/^[\x21-\x7e]+$/),
    fallback: undefined,
    allowed: 'printable ASCII without spaces',
    secret: true,
  },
  scheduler: {
    env: 'PROFILER_SCHEDULER',
    flag: 'scheduler',
    schema: z.enum(['on', 'off']).transform((text) => text === 'on'),
    fallback: true,
    allowed: 'on or off',
  },
  slowRequestThresholdMs: {
    env: 'PROFILER_SLOW_REQUEST_THRESHOLD_MS',
    schema: number(0, 86_400_000),
    fallback: 1000,
    allowed: 'milliseconds from 0 to 86400000',
  },
  aggregationWindowMinutes: {
    env: 'PROFILER_AGGREGATION_WINDOW_MINUTES',
    schema: wholeNumber(1, 1440),
    fallback: 60,
    allowed: 'whole minutes from 1 to 1440',
  },
  ignoredPaths: {
    env: 'PROFILER_IGNORED_PATHS',
    schema: list(z.string().startsWith('/')),
    fallback: ['/admin', '/static', '/favicon.ico'],
    allowed: 'paths that begin with /, separated by commas',
  },
  nPlusOneThreshold: {
    env: 'PROFILER_N_PLUS_ONE_THRESHOLD',
    schema: wholeNumber(2, 1_000_000),
    fallback: 3,
    allowed: 'a whole number from 2 to 1000000',
  },
  slowQueryThresholdMs: {
    env: 'PROFILER_SLOW_QUERY_THRESHOLD_MS',
    schema: number(0, 86_400_000),
    fallback: 100,
    allowed: 'milliseconds from 0 to 86400000',
  },
  cacheLoopThreshold: {
    env: 'PROFILER_CACHE_LOOP_THRESHOLD',
    schema: wholeNumber(2, 1_000_000),
    fallback: 10,
    allowed: 'a whole number from 2 to 1000000',
  },
  manyQueriesThreshold: {
    env: 'PROFILER_MANY_QUERIES_THRESHOLD',
    schema: wholeNumber(2, 1_000_000),
    fallback: 50,
    allowed: 'a whole number from 2 to 1000000',
  },
  regressionRules: {
    env: 'PROFILER_REGRESSION_RULES',
    schema: list(z.string()).pipe(z.array(z.enum(['scan', 'ratio'])).min(1)),
    fallback: ['scan', 'ratio'],
    allowed: 'scan, ratio, or both with a comma',
  },
  regressionResponseTimeFactor: {
    env: 'PROFILER_REGRESSION_RESPONSE_TIME_FACTOR',
    schema: number(1, 1000),
    fallback: 2,
    allowed: 'a number from 1 to 1000',
  },
  regressionErrorRateDelta: {
    env: 'PROFILER_REGRESSION_ERROR_RATE_DELTA',
    schema: number(0, 1),
    fallback: 0.1,
    allowed: 'a fraction from 0 to 1',
  },
  regressionMinRequests: {
    env: 'PROFILER_REGRESSION_MIN_REQUESTS',
    schema: wholeNumber(1, 1_000_000),
    fallback: 20,
    allowed: 'a whole number from 1 to 1000000',
  },
  webhookUrls: {
    env: 'PROFILER_WEBHOOK_URL',
    schema: list(httpUrl),
    fallback: [],
    allowed: 'http or https URLs, separated by commas',
    secret: true,
  },
};

/**
 * Reads the settings: a flag, else its environment variable, else the default. An empty variable counts as unset.
 * @throws {ConfigError} with every mistake.
 */
export function readConfig(flags: StartFlags, env: Environment): Config {
  const mistakes: string[] = [];
  const values: Record<string, unknown> = {};
  for (const [name, setting] of Object.entries<Setting<unknown>>(SETTINGS)) {
    const flag = setting.flag === undefined ? undefined : flags[setting.flag];
    const text = flag ?? env[setting.env]?.trim();
    if (text === undefined || (text === '' && flag === undefined)) {
      values[name] = Object.freeze(setting.fallback);
      continue;
    }
    const parsed = text === '' ? undefined : setting.schema.safeParse(text);
    if (parsed?.success) {
      values[name] = Object.freeze(parsed.data);
      continue;
    }
    const source = flag === undefined ? setting.env : `--${setting.flag}`;
    const shown = setting.secret ? 'is not valid' : `cannot be "${text}"`;
    mistakes.push(`${source} ${shown}; allowed: ${setting.allowed}`);
  }
  const config = values as unknown as Config;
  if (config.host !== undefined && !isLoopback(config.host) && config.authToken === undefined) {
    mistakes.push(
      `--host ${config.host} lets other machines in: set --auth-token (PROFILER_AUTH_TOKEN) as well, or leave --host at 127.0.0.1`,
    );
  }
  if (config.clickhouseUrl !== undefined && config.clickhousePort !== undefined) {
    mistakes.push(
      '--clickhouse-port opens the embedded storage, and --clickhouse-url (PROFILER_CLICKHOUSE_URL) stores on a server in its place: let Grafana read from that server, and leave --clickhouse-port (PROFILER_CLICKHOUSE_PORT) out',
    );
  }
  if (mistakes.length > 0) throw new ConfigError(mistakes);
  return Object.freeze(config);
}

/** Whether only this machine can reach an address. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host);
}
