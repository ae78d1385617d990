import { type FileHandle, open, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { DIGEST_BYTES, type RequestDigest } from './request-digest.ts';

export interface DigestLedgerOptions {
  readonly directory: string;
  /** Whether what was appended must survive a loss of power, too. */
  readonly sync: boolean;
  /** Digests in one file; the newest two files are kept. @default 65536 */
  readonly fileDigestsMax?: number;
  /** Age at which a file ends, in milliseconds. @default 600000 */
  readonly fileMsMax?: number;
}

const FILE_NAME = /^(\d{10})\.digests$/;

/**
 * Digests of requests whose segment has left the spool because it is stored, on disk, so that a request which is sent
 * again after a restart is still known. A file is nothing but digests, 16 bytes each; a torn one at the end is cut off.
 */
export class DigestLedger {
  private readonly options: Required<DigestLedgerOptions>;
  private current: { handle: FileHandle; digests: number; sinceMs: number } | undefined;
  private sequence = 0;

  constructor(options: DigestLedgerOptions) {
    this.options = { fileDigestsMax: 65_536, fileMsMax: 600_000, ...options };
  }

  /** Digests of the last two files of an earlier process, oldest first, whatever their age: clocks may have been set since. */
  async open(): Promise<RequestDigest[]> {
    const { directory } = this.options;
    const digests: RequestDigest[] = [];
    for (const name of await this.fileNames()) {
      this.sequence = Math.max(this.sequence, Number(FILE_NAME.exec(name)![1]));
      const bytes = await readFile(join(directory, name));
      for (let at = 0; at + DIGEST_BYTES <= bytes.length; at += DIGEST_BYTES) {
        digests.push(bytes.toString('latin1', at, at + DIGEST_BYTES));
      }
    }
    return digests;
  }

  /** To be called before the segment is deleted, so that a digest is always in one of them. */
  async append(digests: readonly RequestDigest[]): Promise<void> {
    if (digests.length === 0) return;
    const { fileDigestsMax, fileMsMax, sync } = this.options;
    const isFull = (file: NonNullable<typeof this.current>) =>
      file.digests >= fileDigestsMax || performance.now() - file.sinceMs > fileMsMax;
    if (this.current !== undefined && isFull(this.current)) await this.close();
    this.current ??= await this.start();
    await this.current.handle.appendFile(Buffer.from(digests.join(''), 'latin1'));
    if (sync) await this.current.handle.datasync();
    this.current.digests += digests.length;
  }

  async close(): Promise<void> {
    const { current } = this;
    this.current = undefined;
    await current?.handle.close();
  }

  private async start() {
    const { directory } = this.options;
    for (const name of (await this.fileNames()).slice(0, -1)) await rm(join(directory, name), { force: true });
    const name = `${String(++this.sequence).padStart(10, '0')}.digests`;
    return { handle: await open(join(directory, name), 'ax'), digests: 0, sinceMs: performance.now() };
  }

  /** Oldest first. */
  private async fileNames(): Promise<string[]> {
    return (await readdir(this.options.directory)).filter((name) => FILE_NAME.test(name)).sort();
  }
}
