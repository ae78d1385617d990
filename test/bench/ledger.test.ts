import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { type LedgerEntry, LedgerWriter, readLedger } from './ledger.ts';

async function path(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'profiler-ledger-'));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  return join(directory, 'ledger');
}

it('a ledger is read as it was written', async () => {
  const entries: LedgerEntry[] = [
    { outcome: 'acknowledged', body: 0, spans: 512, entries: 61 },
    { outcome: 'unknown', body: 2, spans: 512, entries: 60 },
    { outcome: 'refused', body: 1, spans: 20, entries: 3 },
  ];
  const file = await path();
  const writer = new LedgerWriter(file, 4_711);
  for (const entry of entries) writer.write(entry);
  await writer.close();
  expect(readLedger(file)).toEqual({ run: 4_711, entries });
});

it('a load that sent nothing has an empty one', async () => {
  const file = await path();
  await new LedgerWriter(file, 1).close();
  expect(readLedger(file)).toEqual({ run: 1, entries: [] });
});

it('any other file is refused', async () => {
  const file = await path();
  await writeFile(file, 'acknowledged 1 2 3\n');
  expect(() => readLedger(file)).toThrow(/is no ledger/);
});
