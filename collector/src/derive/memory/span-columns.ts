import type { Breather } from './breather.ts';
import type { NativeReader } from './native-reader.ts';
import type { TextTable } from './text-table.ts';

const TEXTS = [
  'service',
  'environment',
  'version',
  'name',
  'scope',
  'method',
  'route',
  'db_system',
  'query_text',
  'exception_type',
  'exception_message',
  'exception_stacktrace',
  'loop_path',
] as const;
const BYTES = ['kind', 'entry', 'ignored', 'error', 'call_flags', 'folded', 'instrumented', 'settled'] as const;

type Text = (typeof TEXTS)[number];
type Byte = (typeof BYTES)[number];

/**
 * The columns that the derivation reads of a block of `spans` or `log_exceptions`, as numbers: ids in 32-bit words, texts by
 * their numbers in the {@link TextTable}. Filled block by block; a column that a block does not have is zero.
 */
export class SpanColumns {
  rows = 0;
  /** Four words a row. */
  traceId = new Uint32Array(0);
  /** Two words a row. */
  spanId = new Uint32Array(0);
  parentSpanId = new Uint32Array(0);
  entrySpanId = new Uint32Array(0);
  fingerprint = new Uint32Array(0);
  /** Nanoseconds since the epoch, the low word first. */
  timestamp = new Uint32Array(0);
  durationNs = new Float64Array(0);
  valuesHash = new Uint32Array(0);
  readonly texts: Record<Text, Uint32Array>;
  readonly bytes: Record<Byte, Uint8Array>;
  readonly #capacity = { rows: 0 };

  constructor() {
    this.texts = Object.fromEntries(TEXTS.map((name) => [name, new Uint32Array(0)])) as Record<Text, Uint32Array>;
    this.bytes = Object.fromEntries(BYTES.map((name) => [name, new Uint8Array(0)])) as Record<Byte, Uint8Array>;
  }

  /**
   * Reads the block at which the reader stands.
   *
   * @returns false when the table of texts is full; nothing can be used then
   */
  async read(reader: NativeReader, texts: TextTable, usedAt: number, breather: Breather): Promise<boolean> {
    this.#reset(reader.rows);
    for (let column = reader.nextColumn(); column !== undefined; column = reader.nextColumn()) {
      if (!this.#readColumn(column.name, column.type, reader, texts, usedAt)) return false;
      if (breather.isDue) await breather.breathe();
    }
    return true;
  }

  #readColumn(name: string, type: string, reader: NativeReader, texts: TextTable, usedAt: number): boolean {
    if (name in this.texts) return readTexts(reader, this.texts[name as Text], texts, usedAt);
    if (name in this.bytes) readBytes(reader, this.bytes[name as Byte]);
    else if (name === 'timestamp') readWords(reader, this.timestamp);
    else if (name === 'fingerprint') readWords(reader, this.fingerprint);
    else if (name === 'duration_ns') readNumbers(reader, this.durationNs);
    else if (name === 'values_hash') readHalves(reader, this.valuesHash);
    else if (name === 'trace_id') readIds(reader, this.traceId, 4);
    else if (name === 'span_id') readIds(reader, this.spanId, 2);
    else if (name === 'parent_span_id') readIds(reader, this.parentSpanId, 2);
    else if (name === 'entry_span_id') readIds(reader, this.entrySpanId, 2);
    else reader.skip(type);
    return true;
  }

  #reset(rows: number): void {
    this.rows = rows;
    if (rows > this.#capacity.rows || (this.#capacity.rows > 65_536 && rows < 4_096)) this.#allocate(rows);
    else for (const column of this.#all()) column.fill(0, 0, Math.min(column.length, rows * 4));
  }

  #allocate(rows: number): void {
    this.#capacity.rows = rows;
    this.traceId = new Uint32Array(rows * 4);
    this.spanId = new Uint32Array(rows * 2);
    this.parentSpanId = new Uint32Array(rows * 2);
    this.entrySpanId = new Uint32Array(rows * 2);
    this.fingerprint = new Uint32Array(rows * 2);
    this.timestamp = new Uint32Array(rows * 2);
    this.durationNs = new Float64Array(rows);
    this.valuesHash = new Uint32Array(rows);
    for (const name of TEXTS) this.texts[name] = new Uint32Array(rows);
    for (const name of BYTES) this.bytes[name] = new Uint8Array(rows);
  }

  #all() {
    const { traceId, spanId, parentSpanId, entrySpanId, fingerprint, timestamp, durationNs, valuesHash } = this;
    const { texts, bytes } = this;
    const fixed = [traceId, spanId, parentSpanId, entrySpanId, fingerprint, timestamp, durationNs, valuesHash];
    return [...fixed, ...Object.values(texts), ...Object.values(bytes)];
  }
}

function readTexts(reader: NativeReader, into: Uint32Array, texts: TextTable, usedAt: number): boolean {
  const { bytes, view, rows } = reader;
  let lastStart = 0;
  let lastEnd = 0;
  let lastId = 0;
  for (let row = 0; row < rows; row++) {
    const length = reader.varint();
    const start = reader.at;
    const end = start + length;
    reader.at = end;
    if (length === 0) continue;
    // Spans of one request repeat the row above more often than not.
    if (length !== lastEnd - lastStart || !isSame(bytes, start, lastStart, length)) {
      lastId = texts.idOf(bytes, view, start, end, usedAt);
      if (lastId < 0) return false;
      lastStart = start;
      lastEnd = end;
    }
    into[row] = lastId;
  }
  return true;
}

function isSame(bytes: Buffer, start: number, otherStart: number, length: number): boolean {
  if (length > 64) return bytes.compare(bytes, otherStart, otherStart + length, start, start + length) === 0;
  // From the end: names differ there.
  for (let at = length - 1; at >= 0; at--) if (bytes[start + at] !== bytes[otherStart + at]) return false;
  return true;
}

function readBytes(reader: NativeReader, into: Uint8Array): void {
  into.set(reader.bytes.subarray(reader.at, reader.at + reader.rows));
  reader.at += reader.rows;
}

/** Two words a row, the low one first. */
function readWords(reader: NativeReader, into: Uint32Array): void {
  const { view, rows } = reader;
  for (let word = 0; word < rows * 2; word++, reader.at += 4) into[word] = view.getUint32(reader.at, true);
}

function readHalves(reader: NativeReader, into: Uint32Array): void {
  const { view, rows } = reader;
  for (let row = 0; row < rows; row++, reader.at += 4) into[row] = view.getUint32(reader.at, true);
}

function readNumbers(reader: NativeReader, into: Float64Array): void {
  const { view, rows } = reader;
  for (let row = 0; row < rows; row++, reader.at += 8) {
    into[row] = view.getUint32(reader.at, true) + view.getUint32(reader.at + 4, true) * 2 ** 32;
  }
}

/** Ids of hex digits, eight a word; what is no such id (there is none but '') is left zero. */
function readIds(reader: NativeReader, into: Uint32Array, wordsPerRow: number): void {
  const { bytes, rows } = reader;
  for (let row = 0; row < rows; row++) {
    const length = reader.varint();
    if (length === wordsPerRow * 8) {
      for (let word = 0, at = reader.at; word < wordsPerRow; word++) {
        let value = 0;
        for (const end = at + 8; at < end; at++) value = (value << 4) | HEX_VALUES[bytes[at]!]!;
        into[row * wordsPerRow + word] = value;
      }
    }
    reader.at += length;
  }
}

const HEX_VALUES = new Uint8Array(256);
for (let digit = 0; digit < 16; digit++) HEX_VALUES[digit.toString(16).charCodeAt(0)] = digit;
