import { parseArgs } from 'node:util';
import { wholeNumber } from '../load-options.ts';

export interface DetectOptions {
  /** Of everything random. @default 1 */
  readonly seed: number;
  readonly json: boolean;
  /** The sections to run, in their order. */
  readonly sections: readonly string[];
}

export const DETECT_USAGE = 'Usage: npm run bench:detect -- [--seed 1] [--json] [--only SECTION]';

/** @throws Error that says which flag is wrong */
export function readDetectOptions(args: readonly string[], known: readonly string[]): DetectOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      seed: { type: 'string', default: '1' },
      json: { type: 'boolean', default: false },
      only: { type: 'string' },
    },
  });
  if (values.only !== undefined && !known.includes(values.only)) {
    throw new Error(`--only takes one of ${known.join(', ')}`);
  }
  return {
    seed: wholeNumber('seed', values.seed, 0, 2 ** 32 - 1),
    json: values.json,
    sections: values.only === undefined ? known : [values.only],
  };
}
