import { expect, it } from 'vitest';
import { readNativeBlock } from '../otlp/native-block.fixture.ts';
import { piecesOf, rowsOf } from '../store/block-source.ts';
import { BlockWriter } from './block-writer.ts';

const ROWS = [
  {
    service: 'shop',
    message: 'short',
    stack: 'é'.repeat(40),
    time: 1_764_000_000_123_456_789n,
    key: 'ffffffffffffffff',
  },
  { service: 'shop', message: 'short', stack: 'a'.repeat(47), time: 1n, key: '0000000100000002' },
  { service: '', message: 'ü', stack: 'b'.repeat(20_000), time: 2n, key: '00000000fffffffe' },
  { service: 'shop "é"', message: 'short', stack: '', time: 3n, key: '0000000000000000' },
  { service: 'shop', message: '', stack: '', time: 4n, key: '0000000000000001' },
];

function write(block: BlockWriter<'exceptions'>, rows: typeof ROWS): void {
  for (const { service, message, stack, time, key } of rows) {
    const { columns } = block;
    columns.timestamp.u64(time);
    columns.trace_id.text('ab');
    columns.occurrence_id.text('cd');
    columns.exception_key.hash(key);
    columns.service.text(service);
    for (const name of ['environment', 'version', 'method', 'route', 'exception_type'] as const) {
      columns[name].text(`the ${name}`);
    }
    columns.exception_message.text(message);
    columns.exception_stacktrace.text(stack);
    block.endRow();
  }
}

async function bytesOf(block: BlockWriter<'exceptions'>): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  for await (const piece of piecesOf(block)) pieces.push(...piece);
  return Buffer.concat(pieces);
}

const read = async (block: BlockWriter<'exceptions'>) => readNativeBlock(await bytesOf(block));

const expected = (rows: typeof ROWS) =>
  rows.map(({ service, message, stack, time, key }) => ({
    timestamp: time,
    trace_id: 'ab',
    occurrence_id: 'cd',
    exception_key: BigInt(`0x${key}`),
    service,
    environment: 'the environment',
    version: 'the version',
    method: 'the method',
    route: 'the route',
    exception_type: 'the exception_type',
    exception_message: message,
    exception_stacktrace: stack,
  }));

it('writes a block whose rows read back as they were, with and without a dictionary', async () => {
  const block = new BlockWriter('exceptions');
  write(block, ROWS);
  expect(await read(block)).toEqual(expected(ROWS));
});

it('begins another block without the texts of the one before', async () => {
  const block = new BlockWriter('exceptions');
  write(block, ROWS);
  block.clear();
  write(block, ROWS.slice(3));
  expect(await read(block)).toEqual(expected(ROWS.slice(3)));
  expect((await bytesOf(block)).includes('b'.repeat(100))).toBe(false);
});

it('writes a text that a thousand rows share once', async () => {
  const block = new BlockWriter('exceptions');
  const rows = Array.from({ length: 1_000 }, () => ({ ...ROWS[0]!, service: 'only-once', message: '', stack: '' }));
  write(block, rows);
  expect((await bytesOf(block)).toString('latin1').split('only-once')).toHaveLength(2);
});

it('has as many rows as were ended, whatever its texts look like', () => {
  const block = new BlockWriter('exceptions');
  write(
    block,
    ROWS.map((row) => ({ ...row, message: 'заказ не найден', stack: 'ÿ'.repeat(40) })),
  );
  expect(rowsOf(block)).toBe(ROWS.length);
});
