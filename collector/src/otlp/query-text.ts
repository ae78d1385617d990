import { FingerprintCache, isQueryText } from '@profiler/analysis';
import { ByteInterner } from './byte-interner.ts';
import { QUERY_BYTES_MAX, TEXT_BYTES_MAX } from './limits.ts';

/** A query's text as it is stored: normalised, so without a value in it. */
export interface QueryText {
  /** UTF-8, at most {@link TEXT_BYTES_MAX}. */
  readonly bytes: Buffer;
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
  get(bytes: Buffer, start: number, end: number, system: string): QueryText {
    return this.interner.get(bytes, start, Math.min(end, start + QUERY_BYTES_MAX), system);
  }

  private normalize(text: string, system: string): QueryText {
    const { high, low, text: normalized } = this.fingerprints.get(text, system);
    return { bytes: cut(Buffer.from(normalized)), high, low, isQuery: isQueryText(text, system) };
  }
}

function cut(bytes: Buffer): Buffer {
  if (bytes.length <= TEXT_BYTES_MAX) return bytes;
  let end = TEXT_BYTES_MAX;
  while ((bytes[end]! & 0xc0) === 0x80) end--;
  return Buffer.from(bytes.subarray(0, end));
}
