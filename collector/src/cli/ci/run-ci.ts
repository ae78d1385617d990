/** `profiler ci`: compares a test run with a baseline, and fails when an endpoint makes more queries than it did. */
import { appendFile, writeFile } from 'node:fs/promises';
import { CollectorClient } from '../collector-client.ts';
import { CliError, EXIT } from '../exit-code.ts';
import { json, type Output } from '../output.ts';
import { type Baseline, openBaseline } from './baseline.ts';
import { type Comparison, compare, type EndpointComparison, type Tolerance } from './gate.ts';
import { githubSummary } from './github-summary.ts';
import { type MoreCalls, moreCalls } from './more-calls.ts';
import { type Filter, readQueries } from './read-snapshot.ts';
import { type CiReport, ciReport, ciText, sideOf } from './report.ts';
import { type Snapshot, snapshotText } from './snapshot.ts';
import { settledSnapshot } from './until-settled.ts';

export interface CiFlags {
  readonly url: string;
  readonly authToken?: string;
  readonly json?: true;
  readonly baseline?: string;
  readonly baselineSince: string;
  readonly baselineEnvironment?: string;
  readonly baselineAuthToken?: string;
  readonly save?: string;
  readonly since: string;
  readonly service?: string;
  readonly environment?: string;
  readonly versionOfApp?: string;
  readonly allowQueries: string;
  readonly allowPercent: string;
  readonly minRequests: string;
  readonly wait: string;
}

/** @param summaryFile where GitHub wants a summary, `$GITHUB_STEP_SUMMARY` */
export async function runCi(flags: CiFlags, output: Output, summaryFile?: string): Promise<number> {
  const { tolerance, waitMsMax } = numbersOf(flags);
  if (flags.baseline === undefined && flags.save === undefined) {
    throw new CliError('--baseline: a file or a URL to compare with, or --save to write one', EXIT.usage);
  }
  const client = new CollectorClient(flags);
  const { since, service, environment } = flags;
  const filter: Filter = { since, until: undefined, service, environment, version: flags.versionOfApp };
  // A wrong baseline is told at once, not after waiting for the run.
  const baseline = flags.baseline === undefined ? undefined : await baselineOf(flags.baseline, flags);

  const { snapshot: current, isWhole } = await settledSnapshot(client, filter, waitMsMax);
  if (!isWhole)
    output.note(`the collector was still at work after ${flags.wait} s: the run may not be all there; see --wait`);
  if (current.endpoints.length === 0) {
    throw new CliError(
      `no request since ${since} at ${client.url}${filterText(flags)}: run the tests against an app that sends its spans there; see also: profiler doctor`,
    );
  }
  let exitCode: number = EXIT.ok;
  if (baseline !== undefined) {
    const comparison = compare(baseline.snapshot, current, tolerance);
    const explained = await explain(comparison, baseline, client, filter);
    const name = `${client.url}, since ${since}`;
    const sides = { baseline: sideOf(baseline.name, baseline.snapshot), current: sideOf(name, current) };
    const report = ciReport(sides, comparison, explained, tolerance);
    await tell(report, flags, output, summaryFile);
    if (!report.ok) exitCode = EXIT.failed;
  }
  if (flags.save !== undefined) await save(flags.save, current, client, filter, output);
  return exitCode;
}

async function baselineOf(where: string, flags: CiFlags): Promise<Baseline> {
  const { service, baselineSince, baselineEnvironment, baselineAuthToken } = flags;
  const baseline = await openBaseline(where, baselineAuthToken, {
    since: baselineSince,
    until: undefined,
    service,
    environment: baselineEnvironment,
    version: undefined,
  });
  if (baseline.snapshot.endpoints.length > 0) return baseline;
  const of = service === undefined ? '' : ` of service ${service}`;
  throw new CliError(`the baseline ${baseline.name} has no request${of}: nothing can be compared with it`);
}

/** Which statements the growth is made of; asked only for what has grown. */
async function explain(
  { endpoints }: Comparison,
  baseline: Baseline,
  client: CollectorClient,
  filter: Filter,
): Promise<Map<EndpointComparison, MoreCalls[]>> {
  const explained = new Map<EndpointComparison, MoreCalls[]>();
  for (const each of endpoints) {
    if (!each.moreQueries || each.baseline === undefined) continue;
    const before = await baseline.queriesOf(each.baseline);
    explained.set(each, moreCalls(each, before, await readQueries(client, each.current, filter)));
  }
  return explained;
}

async function tell(report: CiReport, flags: CiFlags, output: Output, summaryFile: string | undefined): Promise<void> {
  if (flags.json) json(output, report);
  else output.data(ciText(report));
  if (!summaryFile) return;
  await appendFile(summaryFile, githubSummary(report)).catch((error: Error) => {
    output.note(`the summary could not be written: ${error.message}`);
  });
}

async function save(
  file: string,
  current: Snapshot,
  client: CollectorClient,
  filter: Filter,
  output: Output,
): Promise<void> {
  const endpoints = [];
  for (const each of current.endpoints) {
    endpoints.push({ ...each, queries: await readQueries(client, each, filter) });
  }
  await writeFile(file, snapshotText({ ...current, endpoints })).catch((error: Error) => {
    throw new CliError(`--save: ${file} cannot be written (${error.message})`);
  });
  output.note(`saved ${endpoints.length} endpoints to ${file}`);
}

function numbersOf(flags: CiFlags): { tolerance: Tolerance; waitMsMax: number } {
  const mistakes: string[] = [];
  const number = (name: string, text: string, max: number) => {
    const value = /^\d{1,9}(\.\d{1,6})?$/.test(text) ? Number(text) : Number.NaN;
    if (!(value <= max)) mistakes.push(`--${name}: a number from 0 to ${max}, not "${text}"`);
    return value;
  };
  const tolerance: Tolerance = {
    queries: number('allow-queries', flags.allowQueries, 1_000_000),
    share: number('allow-percent', flags.allowPercent, 10_000) / 100,
    requestsMin: number('min-requests', flags.minRequests, 1_000_000),
  };
  const waitMsMax = number('wait', flags.wait, 3_600) * 1000;
  if (mistakes.length > 0) throw new CliError(mistakes.join('; '), EXIT.usage);
  return { tolerance, waitMsMax };
}

function filterText({ service, environment, versionOfApp }: CiFlags): string {
  const named = Object.entries({ service, environment, version: versionOfApp }).filter(([, value]) => value);
  return named.length === 0 ? '' : ` (${named.map(([name, value]) => `${name} ${value}`).join(', ')})`;
}
