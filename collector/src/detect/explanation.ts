import type { Comparison } from '@profiler/analysis';
import type { Suspect } from './suspect-version.ts';
import { type Window, windowBefore } from './window.ts';

/** Why an alert fires, in a sentence or two that a person can check against the dashboard. */
export function explanation(endpoint: string, comparison: Comparison, suspect: Suspect, window: Window): string {
  const { baseline, current, change, baselineRequests, currentRequests } = comparison;
  const periods = `(${period(window)}, before: ${period(windowBefore(window))})`;
  const difference =
    comparison.kind === 'response_time'
      ? `took ${ms(current)} on average over ${currentRequests} requests, ${change.toFixed(1)} times the ${ms(baseline)} ` +
        `of the ${baselineRequests} requests before`
      : `failed for ${percent(current)} of ${currentRequests} requests, ${(change * 100).toFixed(1)} points more than the ` +
        `${percent(baseline)} of the ${baselineRequests} requests before`;
  return `${endpoint} ${difference} ${periods}.${blame(suspect)}`;
}

function blame({ version, isNew }: Suspect): string {
  if (version === '') return ' The app names no version.';
  return isNew
    ? ` Version ${version} came with it.`
    : ` No version came with it; ${version} is the newest that answered.`;
}

/** `2026-02-03 10:00 to 11:00 UTC`, with the second date where it is another. */
function period({ startMs, endMs }: Window): string {
  const [startDate, start] = dateAndMinute(startMs);
  const [endDate, end] = dateAndMinute(endMs);
  return `${startDate} ${start} to ${startDate === endDate ? '' : `${endDate} `}${end} UTC`;
}

function dateAndMinute(timeMs: number): [date: string, minute: string] {
  const text = new Date(timeMs).toISOString();
  return [text.slice(0, 10), text.slice(11, 16)];
}

function ms(durationMs: number): string {
  return `${durationMs.toFixed(1)} ms`;
}

function percent(rate: number): string {
  return `${(rate * 100).toFixed(1)} %`;
}
