import { writeFileSync } from 'node:fs';
import { generatedSpans } from './generated-spans.ts';
import { openStore } from './open-store.ts';
import { summarise } from './summarised-spans.ts';

/** Test support: the rollups of generated spans, made in a process whose time zone another process chose. */
const [location, outfile, count, seed, midnightSeconds, orderSeed] = process.argv.slice(2) as [
  string,
  string,
  ...string[],
];
const store = await openStore(location.startsWith('http:') ? { url: location } : { dataDir: location });
const spans = generatedSpans(Number(count), Number(seed), Number(midnightSeconds));
const summaries = await summarise(store, spans, Number(orderSeed));
await store.close();
writeFileSync(outfile, JSON.stringify({ offsetMinutes: -new Date(0).getTimezoneOffset(), summaries }));
