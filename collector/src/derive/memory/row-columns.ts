/** Kind of the span in the lowest bits, then what else is yes or no; of a log record only the last, and whether it is settled. */
export const FLAG = {
  kind: 7,
  entry: 8,
  ignored: 16,
  instrumented: 32,
  folded: 64,
  log: 128,
  settled: 8,
  repeatable: 256,
  summarised: 512,
} as const;

/** What is kept of each span and log record in memory, 66 bytes a row, outside the heap. Texts are numbers of texts. */
export class RowColumns {
  /** Two words a row. */
  readonly spanId: Uint32Array;
  readonly parentSpanId: Uint32Array;
  /** Nanoseconds since the epoch, the low word first. */
  readonly timestamp: Uint32Array;
  readonly durationNs: Float64Array;
  readonly flags: Uint16Array;
  readonly valuesHash: Uint32Array;
  readonly name: Uint32Array;
  /** Service, environment, version, scope. */
  readonly origin: Uint32Array;
  /** Method and route, of entry spans. */
  readonly endpoint: Uint32Array;
  /** System, text and fingerprint, of calls that are counted; of others of a database its system. */
  readonly query: Uint32Array;
  /** Exception, and where a late span belongs. */
  readonly extra: Uint32Array;
  readonly trace: Int32Array;
  /** The row of the trace that came before, -1 for the first. */
  readonly before: Int32Array;

  constructor(rowsMax: number) {
    this.spanId = new Uint32Array(rowsMax * 2);
    this.parentSpanId = new Uint32Array(rowsMax * 2);
    this.timestamp = new Uint32Array(rowsMax * 2);
    this.durationNs = new Float64Array(rowsMax);
    this.flags = new Uint16Array(rowsMax);
    this.valuesHash = new Uint32Array(rowsMax);
    this.name = new Uint32Array(rowsMax);
    this.origin = new Uint32Array(rowsMax);
    this.endpoint = new Uint32Array(rowsMax);
    this.query = new Uint32Array(rowsMax);
    this.extra = new Uint32Array(rowsMax);
    this.trace = new Int32Array(rowsMax);
    this.before = new Int32Array(rowsMax);
  }
}
