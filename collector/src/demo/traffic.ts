import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** One kind of request of a shop's `traffic.json`, sent at a steady rate. */
export interface Stream {
  readonly method: string;
  /** `{1..50}` stands for each of these numbers in turn. */
  readonly path: string;
  readonly perSecond: number;
  readonly body?: unknown;
}

export interface Traffic {
  /** Sends every further request there. */
  moveTo(url: string): void;
  stop(): void;
}

/** A request that takes longer is given up, in milliseconds; the rate stays what it is meanwhile. */
const REQUEST_MS_MAX = 10_000;

export function startTraffic(shopDir: string, url: string): Traffic {
  const streams = JSON.parse(readFileSync(join(shopDir, 'traffic.json'), 'utf8')) as Stream[];
  let target = url;
  const timers = streams.map((stream) => {
    let sent = 0;
    return setInterval(() => void send(target, stream, sent++), 1000 / stream.perSecond);
  });
  return {
    moveTo: (next) => {
      target = next;
    },
    stop: () => {
      for (const timer of timers) clearInterval(timer);
    },
  };
}

/** What a shop answers, or that it does not, is for the profiler to find out. */
async function send(url: string, { method, path, body }: Stream, index: number): Promise<void> {
  const json =
    body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } };
  try {
    const signal = AbortSignal.timeout(REQUEST_MS_MAX);
    const response = await fetch(url + pathOf(path, index), { method, signal, ...json });
    await response.arrayBuffer();
  } catch {
    // A deploy closes connections that were kept alive.
  }
}

/** The path of the stream's `index`th request. */
export function pathOf(path: string, index: number): string {
  return path.replace(/\{(\d+)\.\.(\d+)\}/g, (_, first, last) => {
    const count = Number(last) - Number(first) + 1;
    return String(Number(first) + (index % count));
  });
}
