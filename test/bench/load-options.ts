import { randomInt } from 'node:crypto';
import { parseArgs } from 'node:util';
import type { OtlpEncoding } from '../support/otlp.ts';
import { RUNS } from './load-ids.ts';
import { SERVICES_MAX } from './shop-services.ts';

export interface LoadOptions {
  /** Where OTLP over HTTP is taken, without `/v1/traces`. @default 'http://127.0.0.1:4318' */
  readonly url: string;
  /** @default 'protobuf' */
  readonly encoding: OtlpEncoding;
  /** @default false */
  readonly gzip: boolean;
  /** Spans a second; 0 is as fast as it is answered. @default 0 */
  readonly rate: number;
  /** @default 10 */
  readonly seconds: number;
  /** Bodies under way at the same time. @default 8 */
  readonly connections: number;
  /** @default 6 */
  readonly services: number;
  /** @default 512 */
  readonly spansPerBody: number;
  /** What the traces look like. @default 1 */
  readonly seed: number;
  /** 0 to 65535, in every trace id; two loads of one run number have the same ids. @default a random one */
  readonly run: number;
  /** Send again after 429 and 503, when `Retry-After` says so. @default false */
  readonly retry: boolean;
  /** Memory for packed bodies, in bytes. @default 768 MiB */
  readonly poolBytesMax: number;
  /** File for what became of each body. @default undefined */
  readonly ledger: string | undefined;
  /** Print the report for machines. @default false */
  readonly json: boolean;
}

export const LOAD_USAGE = `Usage: otlp-load [--url http://127.0.0.1:4318] [--encoding protobuf|json] [--gzip] [--rate SPANS_PER_S, 0: as fast as answered]
  [--seconds 10] [--connections 8] [--services 6] [--spans-per-body 512] [--seed 1] [--run N] [--retry] [--pool-mb 768]
  [--ledger FILE] [--json]`;

/** @throws Error that says which flag is wrong */
export function readLoadOptions(args: readonly string[]): LoadOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      url: { type: 'string', default: 'http://127.0.0.1:4318' },
      encoding: { type: 'string', default: 'protobuf' },
      gzip: { type: 'boolean', default: false },
      rate: { type: 'string', default: '0' },
      seconds: { type: 'string', default: '10' },
      connections: { type: 'string', default: '8' },
      services: { type: 'string', default: String(SERVICES_MAX) },
      'spans-per-body': { type: 'string', default: '512' },
      seed: { type: 'string', default: '1' },
      run: { type: 'string', default: String(randomInt(RUNS)) },
      retry: { type: 'boolean', default: false },
      'pool-mb': { type: 'string', default: '768' },
      ledger: { type: 'string' },
      json: { type: 'boolean', default: false },
    },
  });
  const { encoding, url } = values;
  if (encoding !== 'protobuf' && encoding !== 'json')
    throw new Error(`--encoding is protobuf or json, not ${encoding}`);
  if (!URL.canParse(url)) throw new Error(`--url is an address like http://127.0.0.1:4318, not ${url}`);
  return {
    url,
    encoding,
    gzip: values.gzip,
    rate: wholeNumber('rate', values.rate, 0, 10_000_000),
    seconds: wholeNumber('seconds', values.seconds, 1, 3_600),
    connections: wholeNumber('connections', values.connections, 1, 512),
    services: wholeNumber('services', values.services, 1, SERVICES_MAX),
    spansPerBody: wholeNumber('spans-per-body', values['spans-per-body'], 1, 20_000),
    seed: wholeNumber('seed', values.seed, 0, 1_000_000),
    run: wholeNumber('run', values.run, 0, RUNS - 1),
    retry: values.retry,
    poolBytesMax: wholeNumber('pool-mb', values['pool-mb'], 1, 65_536) * 2 ** 20,
    ledger: values.ledger,
    json: values.json,
  };
}

export function wholeNumber(flag: string, text: string, from: number, to: number): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= from && value <= to) return value;
  throw new Error(`--${flag} is a whole number from ${from} to ${to}, not ${text}`);
}
