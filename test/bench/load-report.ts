import type { OtlpEncoding } from '../support/otlp.ts';

/** In milliseconds, from sending the first byte to the end of the answer. */
export interface Latency {
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

/** What a load did, by its own books; `otlp-load --json` prints it. */
export interface LoadReport {
  /** Stands in every trace id of the load. */
  readonly run: number;
  readonly encoding: OtlpEncoding;
  readonly gzip: boolean;
  readonly connections: number;
  readonly spansPerBody: number;
  /** Of the first body, before packing. */
  readonly bytesPerBody: number;
  readonly elapsedSeconds: number;
  /** What the rate asked for; without a rate, what was sent. */
  readonly offeredSpans: number;
  readonly sentSpans: number;
  readonly acknowledgedSpans: number;
  /** SERVER spans among them. */
  readonly acknowledgedEntries: number;
  readonly refusedSpans: number;
  /** Sent and never answered. */
  readonly unknownSpans: number;
  /** Refused one by one, in bodies that were acknowledged. */
  readonly rejectedSpans: number;
  /** Answers other than 200, by status; 0 is no answer. */
  readonly refusals: Readonly<Record<string, number>>;
  readonly retries: number;
  readonly acknowledgeMs: Latency;
  /** How far the load fell behind its own schedule, because every connection was waiting for an answer; 0 without a rate. */
  readonly lateMsMax: number;
  /** Of the generator itself, while the load ran. */
  readonly cpuSeconds: number;
  readonly acknowledgedBySecond: readonly number[];
}
