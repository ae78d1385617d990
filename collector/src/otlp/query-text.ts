import {
  commandText,
  FingerprintCache,
  fingerprintOf,
  HTTP_SYSTEM,
  isBatchText,
  isQueryText,
  isWithoutValues,
} from '@profiler/analysis';
import { ByteInterner } from './byte-interner.ts';
import type { ByteSource } from './byte-source.ts';
import { cutText, EncodedText } from './encoded-text.ts';
import { QUERY_BYTES_MAX, TEXT_BYTES_MAX } from './limits.ts';

/** A query's text as it is stored: normalised, so without a value in it. */
export interface QueryText {
  /** At most {@link TEXT_BYTES_MAX} bytes of it. */
  readonly stored: EncodedText;
  /** 64-bit id in two halves. */
  readonly high: number;
  readonly low: number;
  /** False for what opens, ends or configures a transaction or session and asks for no data. */
  readonly isQuery: boolean;
  /** It asks for many at once. */
  readonly isBatch: boolean;
  /** 1 where the text has no values at all, so that it always asks for the same; 0 where its values are not known. */
  readonly valuesHash: number;
}

/** Statements by their bytes: normalised and hashed once, however many spans repeat them. */
export class QueryTexts {
  private readonly fingerprints = new FingerprintCache();
  private readonly interner = new ByteInterner<QueryText>((text, system) => this.of(text, system));

  /** @param system value of `db.system.name`, which decides what quotes mean */
  get(source: ByteSource, start: number, end: number, system: string): QueryText {
    return this.interner.get(source, start, Math.min(end, start + QUERY_BYTES_MAX), system);
  }

  /** @param text as it was sent */
  of(text: string, system: string): QueryText {
    // What an app's own table says of an outgoing call is no statement.
    if (system === HTTP_SYSTEM) return this.named(text);
    const { high, low, text: normalized } = this.fingerprints.get(commandText(text, system), system);
    return {
      stored: new EncodedText(cutText(normalized, TEXT_BYTES_MAX)),
      high,
      low,
      isQuery: isQueryText(text, system),
      isBatch: isBatchText(text),
      valuesHash: isWithoutValues(normalized, system) ? 1 : 0,
    };
  }

  /** What is no statement and has no values in it: an operation and its collection, a called URL. */
  named(text: string): QueryText {
    const { high, low } = fingerprintOf(text);
    const stored = new EncodedText(cutText(text, TEXT_BYTES_MAX));
    return { stored, high, low, isQuery: true, isBatch: isBatchText(text), valuesHash: 0 };
  }
}
