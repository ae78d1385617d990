import { expect, it } from 'vitest';
import { nativeBlock } from '../store/native-rows.ts';
import { BlockWriter } from './block-writer.ts';

it('writes the bytes that ClickHouse reads', () => {
  const rows = [
    { message: 'short', stack: 'é'.repeat(40), time: 1_764_000_000_123_456_789n, key: 'ffffffffffffffff' },
    { message: 'short', stack: 'a'.repeat(47), time: 1n, key: '0000000100000002' },
    { message: 'ü', stack: 'b'.repeat(20_000), time: 2n, key: '00000000fffffffe' },
  ];
  const block = new BlockWriter('exceptions');
  for (const { message, stack, time, key } of rows) {
    const { timestamp, exception_key, exception_message, exception_stacktrace, ...others } = block.columns;
    timestamp.u64(time);
    exception_key.hash(key);
    exception_message.text(message);
    exception_stacktrace.text(stack);
    for (const column of Object.values(others)) column.text('');
    block.endRow();
  }
  const expected = rows.map(({ message, stack, time, key }) => ({
    timestamp: time,
    exception_key: BigInt(`0x${key}`),
    exception_message: message,
    exception_stacktrace: stack,
  }));
  expect(Buffer.concat(block.pieces())).toEqual(Buffer.from(nativeBlock('exceptions', expected)));
});
