/**
 * Whether it pays to decode in worker threads: the same requests decoded on the main thread, and by one and two workers
 * that get the bodies and give the blocks back by transfer. Times are of the wall, so it wants a quiet machine.
 *
 *     npx esbuild collector/src/otlp/decode-worker.bench.ts --bundle --platform=node --format=esm \
 *       --conditions=@profiler/source --outfile=/tmp/worker.mjs && node /tmp/worker.mjs
 */

import { fileURLToPath } from 'node:url';
import { isMainThread, parentPort, Worker } from 'node:worker_threads';
import { OtlpDecoder } from './otlp-decoder.ts';
import { shopRequestBody } from './shop-request.fixture.ts';

const REQUESTS = 40;
const ROUNDS = 30;
const SPANS_PER_REQUEST = 512;

function newDecoder(): OtlpDecoder {
  return new OtlpDecoder({ slowRequestThresholdMs: 1_000, ignoredPaths: [], retentionDays: 7 });
}

function copies(bodies: readonly Buffer[]): Buffer[] {
  return bodies.map((body) => {
    const copy = Buffer.allocUnsafeSlow(body.length);
    body.copy(copy);
    return copy;
  });
}

async function onMainThread(bodies: readonly Buffer[]): Promise<number> {
  const decoder = newDecoder();
  let best = Number.POSITIVE_INFINITY;
  for (let round = 0; round < ROUNDS; round++) {
    const sent = copies(bodies);
    const startedAt = performance.now();
    for (const body of sent) decoder.decodeAtOnce('traces', 'protobuf', body);
    best = Math.min(best, performance.now() - startedAt);
  }
  return best;
}

/** Each worker has two requests at a time, so that it never waits for the next. */
async function inWorkers(bodies: readonly Buffer[], count: number): Promise<number> {
  const workers = Array.from({ length: count }, () => new Worker(fileURLToPath(import.meta.url)));
  let best = Number.POSITIVE_INFINITY;
  for (let round = 0; round < ROUNDS; round++) {
    const waiting = copies(bodies);
    const startedAt = performance.now();
    await new Promise<void>((resolve) => {
      let open = waiting.length;
      const give = (worker: Worker) => {
        const body = waiting.pop();
        if (body !== undefined) worker.postMessage(body, [body.buffer as ArrayBuffer]);
      };
      for (const worker of workers) {
        worker.removeAllListeners('message');
        worker.on('message', () => {
          give(worker);
          if (--open === 0) resolve();
        });
        give(worker);
        give(worker);
      }
    });
    best = Math.min(best, performance.now() - startedAt);
  }
  await Promise.all(workers.map((worker) => worker.terminate()));
  return best;
}

if (isMainThread) {
  const bodies = Array.from({ length: REQUESTS }, (_, seed) => shopRequestBody(seed, SPANS_PER_REQUEST, 'protobuf'));
  const rows = [];
  for (const [where, ms] of [
    ['main thread', await onMainThread(bodies)],
    ['one worker', await inWorkers(bodies, 1)],
    ['two workers', await inWorkers(bodies, 2)],
  ] as const) {
    rows.push({ where, spansPerSecond: Math.round((REQUESTS * SPANS_PER_REQUEST * 1_000) / ms) });
  }
  if (process.argv.includes('--json')) console.log(JSON.stringify(rows));
  else console.table(rows);
} else {
  const decoder = newDecoder();
  parentPort!.on('message', (body: Uint8Array) => {
    const { blocks } = decoder.decodeAtOnce(
      'traces',
      'protobuf',
      Buffer.from(body.buffer, body.byteOffset, body.length),
    );
    const given = blocks.map(({ table, rows, bytes }) => ({ table, rows, bytes }));
    parentPort!.postMessage(
      given,
      given.map(({ bytes }) => bytes.buffer as ArrayBuffer),
    );
  });
}
