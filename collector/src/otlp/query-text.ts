import { FingerprintCache, isQueryText } from '@profiler/analysis';
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
}

/** Statements by their bytes: normalised and hashed once, however many spans repeat them. */
export class QueryTexts {
  private readonly fingerprints = new FingerprintCache();
  private readonly interner = new ByteInterner<QueryText>((text, system) => this.normalize(text, system));

  /** @param system value of `db.system.name`, which decides what quotes mean */
  get(source: ByteSource, start: number, end: number, system: string): QueryText {
    return this.interner.get(source, start, Math.min(end, start + QUERY_BYTES_MAX), system);
  }

  private normalize(text: string, system: string): QueryText {
    const { high, low, text: normalized } = this.fingerprints.get(text, system);
    return {
      stored: new EncodedText(cutText(normalized, TEXT_BYTES_MAX)),
      high,
      low,
      isQuery: isQueryText(text, system),
    };
  }
}
