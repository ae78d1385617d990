import { deepStrictEqual } from 'node:assert';
import { DecodeError } from './decode-error.ts';
import type { Decoded } from './decoded.ts';
import { DECODE_SETTINGS, NOW_MS } from './decoded-rows.fixture.ts';
import { mutate, random } from './fuzz-mutations.fixture.ts';
import { type ExpectedRow, expectedRows, type OracleRequest, plainAttributes } from './fuzz-oracle.fixture.ts';
import { seedLogs, seedTraces } from './fuzz-seeds.fixture.ts';
import { hasMemberTwice, tracesByJsonParse } from './json-oracle.fixture.ts';
import { type Row, readNativeBlock } from './native-block.fixture.ts';
import { OtlpDecoder, type OtlpEncoding, type OtlpSignal } from './otlp-decoder.ts';
import { canonicalTraces, logRecordsByProtobufjs, tracesByProtobufjs } from './protobuf-oracle.fixture.ts';

/**
 * Why a body may be refused that the oracle takes, by the message of the refusal:
 *
 * - `groups are nested too deep`: a hundred levels, as in protobuf's own implementations; the oracle's limit is lifted.
 * - `varint longer than ten bytes`: no number is; protobufjs does not count the bytes of an unknown field that it skips.
 * - Any refusal of JSON in which a member is there twice: `JSON.parse` sees the last only, others the first, or both.
 * - `nested too deep`, `number that is too long`: bounds of work that JSON itself does not have.
 *
 * Nothing may be accepted that the oracle refuses; what the oracle is told to take is said where it is.
 */
const STRICTER = [
  /varint longer than ten bytes/,
  /groups are nested too deep/,
  /body is nested too deep/,
  /number that is too long/,
];

export interface CampaignOptions {
  readonly bodies: number;
  readonly seed: number;
  /** Of how many accepted bodies one is compared column by column. */
  readonly compareEvery: number;
  readonly decodeMsMax: number;
  /** Called now and then; false ends the campaign. */
  readonly onProgress?: (outcome: CampaignOutcome) => boolean;
}

export interface CampaignOutcome {
  bodies: number;
  accepted: number;
  refused: number;
  compared: number;
  /** Refused though the oracle takes them, for one of the reasons above. */
  stricter: number;
  slowestMs: number;
}

/** What went wrong with a body, with all that is needed to see it again. */
export class WrongJudgement extends Error {}

const PROGRESS_EVERY = 10_000;

/** @throws WrongJudgement at the first body that is decoded wrongly, too slowly, or with another error */
export function runCampaign(options: CampaignOptions): CampaignOutcome {
  const outcome: CampaignOutcome = { bodies: 0, accepted: 0, refused: 0, compared: 0, stricter: 0, slowestMs: 0 };
  const next = random(options.seed);
  const kinds = (['protobuf', 'json'] as const).map((encoding) => ({
    encoding,
    traces: seedTraces(encoding),
    logs: seedLogs(encoding),
  }));
  const decoder = new OtlpDecoder(DECODE_SETTINGS);
  const decode = (body: Buffer) => decoder.decodeAtOnce('traces', 'protobuf', body);
  while (outcome.bodies < options.bodies) {
    const { encoding, traces, logs } = kinds[next(kinds.length)]!;
    const signal: OtlpSignal = next(10) === 0 ? 'logs' : 'traces';
    const seeds = signal === 'traces' ? traces : logs;
    const body = mutate(seeds[next(seeds.length)]!, seeds, encoding, next);
    const say = (problem: string, cause?: unknown) =>
      new WrongJudgement(
        `${problem}; ${encoding} ${signal}, body ${outcome.bodies} of seed ${options.seed}: ${show(body, encoding)}`,
        { cause },
      );
    const startedMs = process.cpuUsage().user / 1_000;
    const ours = attempt(() => decoder.decodeAtOnce(signal, encoding, body));
    const ms = process.cpuUsage().user / 1_000 - startedMs;
    outcome.slowestMs = Math.max(outcome.slowestMs, ms);
    if (ms > options.decodeMsMax) throw say(`took ${ms} ms`);
    if (ours instanceof Error && !(ours instanceof DecodeError)) throw say('failed', ours);
    judge({ ours, signal, encoding, body, say, outcome, isCompared: next(options.compareEvery) === 0, decode });
    outcome.bodies++;
    if (outcome.bodies % PROGRESS_EVERY === 0 && options.onProgress?.(outcome) === false) break;
  }
  return outcome;
}

interface Judged {
  readonly ours: Decoded | Error;
  readonly signal: OtlpSignal;
  readonly encoding: OtlpEncoding;
  readonly body: Buffer;
  readonly say: (problem: string, cause?: unknown) => WrongJudgement;
  readonly outcome: CampaignOutcome;
  readonly isCompared: boolean;
  /** Decodes other protobuf traces. */
  readonly decode: (body: Buffer) => Decoded;
}

function judge({ ours, signal, encoding, body, say, outcome, isCompared, decode }: Judged): void {
  if (signal === 'logs') {
    if (ours instanceof Error) outcome.refused++;
    else outcome.accepted++;
    if (encoding === 'json') return;
    const records = attempt(() => logRecordsByProtobufjs(body));
    if (typeof records === 'number' && !(ours instanceof Error) && ours.received === records) return;
    if (records instanceof Error && ours instanceof Error) return;
    if (typeof records === 'number' && isStricter(ours)) return;
    throw say('judged otherwise', ours instanceof Error ? ours : records);
  }
  const oracle = attempt(() => readByOracle(encoding, body));
  if (ours instanceof Error) {
    outcome.refused++;
    if (oracle instanceof Error) return;
    if (!isStricter(ours) && !(encoding === 'json' && hasMemberTwice(body)))
      throw say('refused, though the oracle takes it', ours);
    outcome.stricter++;
    return;
  }
  outcome.accepted++;
  if (oracle instanceof Error) throw say('accepted, though the oracle refuses it', oracle);
  const { rows, received } = expectedRows(oracle, NOW_MS);
  const stored = ours.blocks.filter(({ table }) => table === 'spans').reduce((sum, block) => sum + block.rows, 0);
  if (ours.received !== received) throw say(`received ${ours.received} and not ${received}`);
  if (stored !== rows.length) throw say(`stored ${stored} and not ${rows.length}`);
  if (!isCompared) return;
  outcome.compared++;
  const differs = attempt(() =>
    compare(ours, rows, encoding === 'json' ? undefined : () => decode(canonicalTraces(body))),
  );
  if (differs instanceof Error) throw say('became other rows', differs);
}

/** @param canonical what the body becomes when it is encoded anew, with everything once that may be there once */
function compare({ blocks }: Decoded, expected: readonly ExpectedRow[], canonical?: () => Decoded): boolean {
  let merged = false;
  const rows: Row[] = [];
  for (const { table, rows: count, bytes } of blocks) {
    const read = readNativeBlock(bytes);
    deepStrictEqual(read.length, count);
    if (table === 'spans') rows.push(...read);
  }
  for (const [index, row] of expected.entries()) {
    const { attributes, ...columns } = row;
    const actual = rows[index]!;
    for (const [column, value] of Object.entries(columns)) deepStrictEqual(actual[column], value, column);
    const stored = plainAttributes(actual.attributes as Record<string, string>);
    deepStrictEqual(Object.keys(stored), Object.keys(attributes));
    for (const [key, value] of Object.entries(attributes)) {
      if (stored[key] === value) continue;
      // Of an array or list that is there twice in one value the last stands, where protobuf appends it to the first.
      if (canonical === undefined || !/^[[{]/.test(value)) deepStrictEqual(stored[key], value, key);
      merged = true;
    }
  }
  if (merged) compare(canonical!(), expected);
  return true;
}

function readByOracle(encoding: OtlpEncoding, body: Buffer): OracleRequest {
  if (body.length === 0) return { groups: [] };
  return encoding === 'json' ? tracesByJsonParse(body) : tracesByProtobufjs(body);
}

function isStricter(ours: unknown): boolean {
  return ours instanceof Error && STRICTER.some((reason) => reason.test(ours.message));
}

function show(body: Buffer, encoding: OtlpEncoding): string {
  return encoding === 'json' ? JSON.stringify(body.toString('latin1')) : body.toString('hex');
}

/** What `work` gives, or the error that it throws. */
function attempt<Result>(work: () => Result): Result | Error {
  try {
    return work();
  } catch (error) {
    return error as Error;
  }
}
