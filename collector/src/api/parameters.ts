/**
 * What each list takes in its query string, checked as a whole: every parameter that is wrong or unknown is named, with
 * what is allowed. An empty parameter counts as absent.
 */
import type { ValidationTargets } from 'hono';
import { validator } from 'hono/validator';
import { z } from 'zod';
import { parseMoment } from './moment.ts';
import type { ApiError } from './types.ts';

export const LIMIT_MAX = 1000;
const LIMIT = 50;
const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;
/** Spans this far ahead of our clock are stored, so a list that is open to now reaches this far. */
const AHEAD_MS = 10 * MINUTE_MS;

const text = z.string().max(1000, 'at most 1000 characters');
const flag = z.enum(['true', 'false'], 'true or false').transform((value) => value === 'true');
const wholeNumber = (from: number, to: number) =>
  z
    .string()
    .regex(/^\d{1,9}$/, `a whole number from ${from} to ${to}`)
    .transform(Number)
    .refine((value) => value >= from && value <= to, `a whole number from ${from} to ${to}`);
const moment = z.string().transform((value, context) => {
  const epochMs = parseMoment(value, Date.now());
  if (epochMs !== undefined) return epochMs;
  context.addIssue({ code: 'custom', message: '30m, 24h or 7d ago, or ISO 8601 as in 2026-01-31T12:00:00Z' });
  return z.NEVER;
});
const choices = <const Choice extends string>(allowed: readonly Choice[]) =>
  z
    .string()
    .transform((value) => value.split(',') as Choice[])
    .refine((values) => values.every((value) => allowed.includes(value)), `of ${allowed.join(', ')}`);
const hash = z.string().regex(/^[0-9a-f]{16}$/, '16 hex digits');
const STATUS = /^([1-5]xx|\d{1,3})$/i;

const detailShape = {
  service: text.optional(),
  environment: text.optional(),
  version: text.optional(),
  endpoint: text.optional(),
  since: moment.optional(),
  until: moment.optional(),
};
const listShape = {
  ...detailShape,
  limit: wholeNumber(1, LIMIT_MAX).default(LIMIT),
  cursor: text.optional(),
};

/** A window that is backwards reads as a mistake, not as no data. */
function windowed<Shape extends z.ZodRawShape>(shape: Shape) {
  return z
    .strictObject(shape)
    .transform((value) => {
      const { since, until, ...rest } = value as typeof value & { since?: number; until?: number };
      const untilMs = until ?? Date.now() + AHEAD_MS;
      return { ...rest, sinceMs: since ?? (until ?? Date.now()) - DAY_MS, untilMs } as Omit<
        typeof value,
        'since' | 'until'
      > & {
        sinceMs: number;
        untilMs: number;
      };
    })
    .refine((value) => value.sinceMs < value.untilMs, { path: ['since'], message: 'before until' });
}

export const listParameters = windowed(listShape);
export const endpointParameters = windowed({
  ...listShape,
  sort: z.enum(['impact', 'p95', 'avg', 'requests', 'errors', 'n_plus_one', 'queries']).default('impact'),
  q: text.optional(),
  trend: flag.optional(),
  baseline: flag.optional(),
});
/** Of one endpoint. */
export const endpointDetailParameters = windowed(listShape).refine(({ endpoint }) => endpoint !== undefined, {
  path: ['endpoint'],
  message: 'METHOD route is asked for',
});
export const seriesParameters = windowed({
  ...listShape,
  by: z.enum(['time', 'version', 'time_version']).default('time'),
  step: wholeNumber(1, 1440 * 31).optional(),
});
export const requestParameters = windowed({
  ...listShape,
  method: text.optional(),
  status: z
    .string()
    .transform((value) => value.split(','))
    .refine((values) => values.every((value) => STATUS.test(value)), 'codes as 404 or classes as 5xx, with commas')
    .optional(),
  slow: flag.optional(),
  error: flag.optional(),
  exception: flag.optional(),
  nPlusOne: flag.optional(),
  q: text.optional(),
  minMs: wholeNumber(0, 86_400_000).optional(),
  maxMs: wholeNumber(0, 86_400_000).optional(),
  sort: z.enum(['newest', 'slowest']).default('newest'),
});
export const queryParameters = windowed({
  ...listShape,
  q: text.optional(),
  system: text.optional(),
  fingerprint: hash.optional(),
  sort: z.enum(['total', 'calls', 'per_request', 'avg', 'p95']).default('total'),
});
export const exceptionParameters = windowed({
  ...listShape,
  q: text.optional(),
  type: text.optional(),
  sort: z.enum(['newest', 'count']).default('newest'),
});
/** Of one query or exception, and of the setup. */
export const detailParameters = windowed(detailShape);
export const findingParameters = windowed({
  ...listShape,
  state: choices(['open', 'acknowledged', 'ignored', 'resolved']).optional(),
  type: choices([
    'n_plus_one',
    'duplicate_query',
    'cache_loop',
    'slow_query',
    'many_queries',
    'n_plus_one_http',
  ]).optional(),
  severity: choices(['info', 'warning', 'critical']).optional(),
});
export const regressionParameters = windowed({ ...listShape, state: z.enum(['firing', 'resolved']).optional() });
export const explainParameters = z.strictObject({
  endpoint: text,
  service: text.optional(),
  environment: text.optional(),
});

export const traceId = z.strictObject({ id: z.string().regex(/^[0-9a-fA-F]{32}$/, '32 hex digits') });
export const findingKey = z.strictObject({ key: hash });
export const exceptionKey = z.strictObject({ key: hash });
export const queryFingerprint = z.strictObject({ fingerprint: hash });
export const findingState = z.strictObject({ state: z.enum(['open', 'acknowledged', 'ignored', 'resolved']) });

export type ListParameters = z.output<typeof listParameters>;
export type EndpointParameters = z.output<typeof endpointParameters>;
export type SeriesParameters = z.output<typeof seriesParameters>;
export type RequestParameters = z.output<typeof requestParameters>;
export type QueryParameters = z.output<typeof queryParameters>;
export type ExceptionParameters = z.output<typeof exceptionParameters>;
export type DetailParameters = z.output<typeof detailParameters>;
export type FindingParameters = z.output<typeof findingParameters>;
export type RegressionParameters = z.output<typeof regressionParameters>;

/** Checks one part of a request; a wrong one is answered with 400 and every mistake. */
export function checked<Target extends keyof ValidationTargets, Schema extends z.ZodType>(
  target: Target,
  schema: Schema,
) {
  return validator(target, (raw: unknown, c) => {
    const parsed = schema.safeParse(target === 'query' ? present(raw as Record<string, string | string[]>) : raw);
    if (parsed.success) return parsed.data as z.output<Schema>;
    return c.json<ApiError>({ error: 'wrong parameters', parameters: parsed.error.issues.flatMap(mistakes) }, 400);
  });
}

/** The same parameter twice counts once, with its last value. */
function present(raw: Record<string, string | string[]>): Record<string, string> {
  const entries = Object.entries(raw).map(([name, value]) => [name, Array.isArray(value) ? value.at(-1) : value]);
  return Object.fromEntries(entries.filter(([, value]) => value !== ''));
}

function mistakes(issue: z.core.$ZodIssue): { name: string; message: string }[] {
  if (issue.code === 'unrecognized_keys') return issue.keys.map((name) => ({ name, message: 'unknown parameter' }));
  const message = issue.code === 'invalid_value' ? `one of ${issue.values.join(', ')}` : issue.message;
  return [{ name: issue.path.join('.'), message }];
}
