import type { StepVerdict } from '@profiler/analysis';
import type { Deploy } from './deploys.ts';
import type { Evidence } from './evidence.ts';

/** Why an alert of the rule `scan` fires, in sentences that a person can check against the dashboard. */
export function scanExplanation(
  endpoint: string,
  verdict: StepVerdict,
  startedAt: string,
  deploy: Deploy | undefined,
  evidence: Evidence | null,
): string {
  const { signal, change, baseline, current, windows, requests, baselineRequests, z, zMin } = verdict;
  const since = `since ${startedAt.slice(0, 10)} ${startedAt.slice(11, 16)} UTC`;
  const change_ =
    signal === 'errors'
      ? `fails for ${percent(current)} of requests ${since}, ${percent(baseline)} before`
      : `${signal === 'typical' ? 'takes' : 'takes at p95'} ${percent(change - 1)} longer ${since}, ` +
        `${ms(current)} where ${ms(baseline)} were usual${signal === 'typical' ? ' (geometric means)' : ''}`;
  const sure = `z ${z.toFixed(1)} of ${zMin.toFixed(1)} asked for, ${windows} windows with ${requests} requests against ${baselineRequests}`;
  const suspect = deploy === undefined ? 'No version came with it.' : `Version ${deploy.version} came with it.`;
  return [`${endpoint} ${change_} (${sure}).`, suspect, ...(evidence === null ? [] : more(evidence))].join(' ');
}

/** What it now does more of. */
export function more({ before, since, newQueries, newQueryCount, newNPlusOnes, newNPlusOneCount }: Evidence): string[] {
  const sentences: string[] = [];
  if (since.queriesPerRequest > before.queriesPerRequest * 1.1 + 0.1) {
    sentences.push(`Queries per request: ${before.queriesPerRequest} to ${since.queriesPerRequest}.`);
  }
  if (newNPlusOneCount > 0) sentences.push(`New N+1: ${listed(newNPlusOnes, newNPlusOneCount)}.`);
  else if (newQueryCount > 0) sentences.push(`New query: ${listed(newQueries, newQueryCount)}.`);
  return sentences;
}

function listed([first = '']: readonly string[], count: number): string {
  const text = first.length > 120 ? `${first.slice(0, 119)}…` : first;
  return count > 1 ? `${text} and ${count - 1} more` : text;
}

function ms(durationNs: number): string {
  return `${(durationNs / 1e6).toFixed(1)} ms`;
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}
