import { type Agent, request } from 'node:http';
import type { Body } from './body.ts';

/** What a sender learnt. `status` 0: nothing, because the connection failed or the sender waited no longer. */
export interface Answer {
  readonly status: number;
  /** An OTLP answer that says nothing is empty; this one said that a part was rejected. */
  readonly partial: boolean;
}

export interface PostOptions {
  readonly agent: Agent;
  readonly timeoutMs: number;
  /** Goes away this long after the whole body was sent, as a client does whose patience ends just then. */
  readonly abortAfterMs?: number | undefined;
}

const NOTHING: Answer = { status: 0, partial: false };

export function post(origin: string, body: Body, { agent, timeoutMs, abortAfterMs }: PostOptions): Promise<Answer> {
  return new Promise((resolve) => {
    const headers = { ...body.headers, 'content-length': body.bytes.length };
    const outgoing = request(`${origin}${body.path}`, { method: 'POST', headers, agent });
    const giveUp = setTimeout(() => outgoing.destroy(), timeoutMs);
    const finish = (answer: Answer) => {
      clearTimeout(giveUp);
      resolve(answer);
    };
    outgoing.on('response', (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', () => finish(NOTHING));
      response.on('end', () => {
        const text = Buffer.concat(chunks);
        finish({ status: response.statusCode!, partial: text.length > 2 });
      });
    });
    outgoing.on('error', () => finish(NOTHING));
    outgoing.on('close', () => finish(NOTHING));
    if (abortAfterMs !== undefined) {
      outgoing.on('finish', () => setTimeout(() => outgoing.destroy(), abortAfterMs));
    }
    outgoing.end(body.bytes);
  });
}
