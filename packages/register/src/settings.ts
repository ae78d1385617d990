/** What the environment says, checked as a whole. */
export interface Settings {
  /** Path prefixes, by whole segments, whose requests are not profiled. @default ['/admin', '/static', '/favicon.ico'] */
  readonly ignoredPaths: readonly string[];
  /** The call of one statement in a request at which the caller's line is captured. @default 3 */
  readonly nPlusOneThreshold: number;
  /** A statement that took this long has its caller's line captured from then on, in milliseconds. @default 100 */
  readonly slowQueryThresholdMs: number;
  /** @default 'otlp' */
  readonly exporter: 'otlp' | 'console' | 'none';
  /** @default 'http/protobuf' */
  readonly protocol: 'http/protobuf' | 'http/json';
  /** Where batches are sent, for messages; the exporter reads the same variables itself. @default 'http://localhost:4318' */
  readonly endpoint: string;
  /** Spans that wait for export. @default 2048 */
  readonly queueSpansMax: number;
  /** Spans of one batch. @default 512 */
  readonly batchSpansMax: number;
  /** A span waits at most this long for its batch, in milliseconds. @default 1000 */
  readonly batchDelayMs: number;
  /** An export is given up after this long, in milliseconds. @default 30000 */
  readonly exportTimeoutMs: number;
}

export type Environment = Readonly<Record<string, string | undefined>>;

const SAMPLERS = ['always_on', 'always_off', 'traceidratio'].flatMap((name) => [name, `parentbased_${name}`]);

/**
 * Reads `PROFILER_*` and those `OTEL_*` of which a wrong value would otherwise go unnoticed. An empty variable counts as
 * unset. The mistakes are all of them, in words for one line; with any, the settings are not to be used.
 */
export function readSettings(env: Environment): { settings: Settings; mistakes: string[] } {
  const mistakes: string[] = [];

  /** The first of the variables that is set. */
  function read<Value>(
    names: string[],
    fallback: Value,
    allowed: string,
    parse: (text: string) => Value | undefined,
  ): Value {
    for (const name of names) {
      const text = env[name]?.trim();
      if (!text) continue;
      const value = parse(text);
      if (value !== undefined) return value;
      mistakes.push(`${name} must be ${allowed}, not "${text.slice(0, 80)}"`);
      return fallback;
    }
    return fallback;
  }
  const oneOf =
    <Value extends string>(values: readonly Value[]) =>
    (text: string) =>
      values.find((value) => value === text);
  const wholeNumber = (min: number, max: number) => (text: string) =>
    /^\d+$/.test(text) && Number(text) >= min && Number(text) <= max ? Number(text) : undefined;
  const number = (min: number, max: number) => (text: string) =>
    /^\d+(?:\.\d+)?$/.test(text) && Number(text) >= min && Number(text) <= max ? Number(text) : undefined;
  const positive = (name: string, fallback: number) =>
    read([name], fallback, 'a whole number from 1 on', wholeNumber(1, 2 ** 31 - 1));

  const settings: Settings = {
    ignoredPaths: read(
      ['PROFILER_IGNORED_PATHS'],
      ['/admin', '/static', '/favicon.ico'],
      'paths that begin with /, separated by commas',
      pathsOf,
    ),
    nPlusOneThreshold: read(
      ['PROFILER_N_PLUS_ONE_THRESHOLD'],
      3,
      'a whole number from 2 to 1000000',
      wholeNumber(2, 1_000_000),
    ),
    slowQueryThresholdMs: read(
      ['PROFILER_SLOW_QUERY_THRESHOLD_MS'],
      100,
      'milliseconds from 0 to 86400000',
      number(0, 86_400_000),
    ),
    exporter: read(['OTEL_TRACES_EXPORTER'], 'otlp', 'otlp, console or none', oneOf(['otlp', 'console', 'none'])),
    protocol: read(
      ['OTEL_EXPORTER_OTLP_TRACES_PROTOCOL', 'OTEL_EXPORTER_OTLP_PROTOCOL'],
      'http/protobuf',
      'http/protobuf or http/json',
      oneOf(['http/protobuf', 'http/json']),
    ),
    endpoint: read(
      ['OTEL_EXPORTER_OTLP_TRACES_ENDPOINT', 'OTEL_EXPORTER_OTLP_ENDPOINT'],
      'http://localhost:4318',
      'a URL that begins with http:// or https://',
      httpUrl,
    ),
    queueSpansMax: positive('OTEL_BSP_MAX_QUEUE_SIZE', 2_048),
    batchSpansMax: positive('OTEL_BSP_MAX_EXPORT_BATCH_SIZE', 512),
    batchDelayMs: positive('OTEL_BSP_SCHEDULE_DELAY', 1_000),
    exportTimeoutMs: positive('OTEL_BSP_EXPORT_TIMEOUT', 30_000),
  };
  const sampler = read(
    ['OTEL_TRACES_SAMPLER'],
    'parentbased_always_on',
    `one of ${SAMPLERS.join(', ')}`,
    oneOf(SAMPLERS),
  );
  if (sampler.endsWith('traceidratio')) read(['OTEL_TRACES_SAMPLER_ARG'], 1, 'a number from 0 to 1', number(0, 1));
  return { settings: Object.freeze(settings), mistakes };
}

function pathsOf(text: string): string[] | undefined {
  const paths = text.split(',').flatMap((path) => path.trim() || []);
  return paths.every((path) => path.startsWith('/')) ? paths : undefined;
}

function httpUrl(text: string): string | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  return url?.protocol === 'http:' || url?.protocol === 'https:' ? `${url.origin}` : undefined;
}
