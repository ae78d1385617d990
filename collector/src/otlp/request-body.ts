import type { Readable } from 'node:stream';
import { createGunzip, type Gunzip } from 'node:zlib';
import type { BodyBuffer } from './body-buffer.ts';
import { DecodeError } from './decode-error.ts';
import type { InFlightShare } from './in-flight-bytes.ts';
import { RefusalError } from './refusal.ts';

/** The client went away before its body was complete; there is nobody to answer. */
export class AbortedBodyError extends Error {
  constructor() {
    super('the request was aborted');
    this.name = 'AbortedBodyError';
  }
}

/**
 * Reads the whole body into `into`, inflated when it is gzip. Both what arrives and what it inflates to are bounded while they come, so a
 * small body that inflates to gigabytes costs no more than `bytesMax`.
 *
 * Reads by 'data' events, which cost half of what web streams do. When it rejects, the rest of the body has not been
 * read: see {@link discardBody}.
 *
 * @throws RefusalError, DecodeError, AbortedBodyError
 */
export function readBody(
  source: Readable,
  options: {
    readonly gzip: boolean;
    readonly bytesMax: number;
    readonly share: InFlightShare;
    readonly into: BodyBuffer;
    /** Told of every chunk, as it was sent. */
    readonly onChunk?: (chunk: Buffer) => void;
  },
): Promise<void> {
  const { gzip, bytesMax, share, into, onChunk } = options;
  return new Promise((resolve, reject) => {
    if (source.destroyed) return reject(new AbortedBodyError());
    let receivedBytes = 0;
    let inflatedBytes = 0;
    const gunzip: Gunzip | undefined = gzip ? createGunzip() : undefined;

    const stopListening = () => {
      source.off('data', onData).off('end', onEnd).off('error', onGone).off('close', onGone);
    };
    const finish = (error?: unknown) => {
      stopListening();
      gunzip?.removeAllListeners().on('error', () => {});
      gunzip?.destroy();
      if (error === undefined) resolve();
      else reject(error);
    };
    const keep = (chunk: Buffer) => {
      inflatedBytes += chunk.length;
      if (inflatedBytes > bytesMax) return finish(tooLarge(bytesMax));
      try {
        share.take(chunk.length);
      } catch (refusal) {
        return finish(refusal);
      }
      into.append(chunk);
    };
    const onData = (chunk: Buffer) => {
      receivedBytes += chunk.length;
      onChunk?.(chunk);
      if (receivedBytes > bytesMax) finish(tooLarge(bytesMax));
      else if (gunzip === undefined) keep(chunk);
      else if (!gunzip.write(chunk)) {
        source.pause();
        gunzip.once('drain', () => source.resume());
      }
    };
    const onEnd = () => {
      // The source closes now, while the rest is still being inflated.
      stopListening();
      if (gunzip !== undefined && receivedBytes > 0) gunzip.end();
      else finish();
    };
    const onGone = () => finish(new AbortedBodyError());

    gunzip?.on('data', keep).on('end', () => finish());
    gunzip?.on('error', (cause) => finish(new DecodeError('body is not gzip', { cause })));
    source.on('data', onData).on('end', onEnd).on('error', onGone).on('close', onGone);
  });
}

/**
 * Reads on to the end and forgets, because a client that writes its whole body before it looks at the answer would else
 * see a broken connection in its place. Whoever sends more than `bytesMax`, or takes longer than `timeoutMs`, is cut off.
 */
export function discardBody(source: Readable, bytesMax: number, timeoutMs: number): Promise<void> {
  return new Promise((resolve) => {
    if (source.readableEnded || source.destroyed) return resolve();
    let bytes = 0;
    const timer = setTimeout(() => source.destroy(), timeoutMs);
    const finish = () => {
      clearTimeout(timer);
      resolve();
    };
    source.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > bytesMax) source.destroy();
    });
    source.on('end', finish).on('close', finish).on('error', finish);
    source.resume();
  });
}

function tooLarge(bytesMax: number): RefusalError {
  return new RefusalError('too_large', `body is larger than ${bytesMax} bytes`);
}
