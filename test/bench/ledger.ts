import { once } from 'node:events';
import { createWriteStream, readFileSync, type WriteStream } from 'node:fs';

/**
 * What became of each body, one line each, for an audit:
 *
 *     acknowledged 17 512 61      body 17 with its 512 spans, 61 of them entry spans, must be stored, once
 *     refused 18 512 60           must not be stored
 *     unknown 19 512 64           sent and never answered: stored once or not at all
 */
export type BodyOutcome = 'acknowledged' | 'refused' | 'unknown';

export interface LedgerEntry {
  readonly outcome: BodyOutcome;
  readonly body: number;
  readonly spans: number;
  readonly entries: number;
}

/** The first line says which run it is. */
export class LedgerWriter {
  private readonly stream: WriteStream;

  constructor(path: string, run: number) {
    this.stream = createWriteStream(path);
    this.stream.write(`run ${run}\n`);
  }

  write({ outcome, body, spans, entries }: LedgerEntry): void {
    this.stream.write(`${outcome} ${body} ${spans} ${entries}\n`);
  }

  async close(): Promise<void> {
    this.stream.end();
    await once(this.stream, 'close');
  }
}

export interface Ledger {
  readonly run: number;
  readonly entries: readonly LedgerEntry[];
}

export function readLedger(path: string): Ledger {
  const [head, ...lines] = readFileSync(path, 'utf8').trimEnd().split('\n');
  const run = Number(/^run (\d+)$/.exec(head ?? '')?.[1] ?? Number.NaN);
  if (Number.isNaN(run)) throw new Error(`${path} is no ledger of a load`);
  const entries = lines.map((line) => {
    const [outcome, body, spans, entrySpans] = line.split(' ');
    return { outcome: outcome as BodyOutcome, body: Number(body), spans: Number(spans), entries: Number(entrySpans) };
  });
  return { run, entries };
}
