/**
 * What `profiler ci` compares: of every endpoint, how many queries a request makes, and its N+1s. `--save` writes it to a
 * file, which is JSON that a person can read in a diff: sorted, and without a time or a duration.
 */
import { z } from 'zod';
import { CliError } from '../exit-code.ts';

/** Of a file; another number means another shape. */
export const SNAPSHOT_FORMAT = 'profiler-ci/1';

const count = z.number().nonnegative();

const nPlusOne = z.object({
  /** Of the finding. */
  key: z.string(),
  fingerprint: z.string(),
  /** Normalised. */
  query: z.string(),
  loopPath: z.string(),
  repeats: count,
  /** `file:line (function)`; `''` when unknown. */
  callSite: z.string(),
});

const queryCalls = z.object({
  fingerprint: z.string(),
  /** Normalised. */
  text: z.string(),
  callsPerRequest: count,
});

const endpoint = z.object({
  service: z.string(),
  /** `METHOD route`. */
  endpoint: z.string(),
  requests: count,
  queriesPerRequest: count,
  nPlusOnes: z.array(nPlusOne),
  /** Heaviest first; absent where nobody asked for them. */
  queries: z.array(queryCalls).optional(),
});

const snapshot = z.object({
  format: z.literal(SNAPSHOT_FORMAT),
  /** Sorted by service and endpoint. */
  endpoints: z.array(endpoint),
});

export type NPlusOne = z.output<typeof nPlusOne>;
export type QueryCalls = z.output<typeof queryCalls>;
export type EndpointSnapshot = z.output<typeof endpoint>;
export type Snapshot = z.output<typeof snapshot>;

/** @throws CliError when the text is no snapshot, or one of another version */
export function parseSnapshot(text: string, file: string): Snapshot {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    throw new CliError(`${file} is no JSON; write a baseline with: profiler ci --save ${file}`);
  }
  const parsed = snapshot.safeParse(document);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new CliError(
    `${file} is no baseline of this version (${issue?.path.join('.') || 'document'}: ${issue?.message}); write one with: profiler ci --save ${file}`,
  );
}

export function snapshotText(written: Snapshot): string {
  return `${JSON.stringify(written, null, 2)}\n`;
}

export function requestsOf({ endpoints }: Snapshot): number {
  return endpoints.reduce((sum, { requests }) => sum + requests, 0);
}
