// Whether pages refresh by themselves, and whether the collector answers: the two facts that every page shares.

import { signal } from '@preact/signals';
import type { RequestFailure } from './request.ts';

export const REFRESH_INTERVAL_MS = 5_000;
/** Sooner than a refresh: whoever restarts the collector is looking at the page. */
export const RETRY_INTERVAL_MS = 2_000;

/** Off while a person reads: rows then stay where they are. */
export const live = signal(true);

/** Why the last answer did not come, and since when; undefined while all is well. */
export const outage = signal<{ readonly failure: RequestFailure; readonly sinceMs: number } | undefined>(undefined);

export function noteFailure(failure: RequestFailure, nowMs: number): void {
  outage.value = { failure, sinceMs: outage.value?.sinceMs ?? nowMs };
}

export function noteAnswer(): void {
  outage.value = undefined;
}
