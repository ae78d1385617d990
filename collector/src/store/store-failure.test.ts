import { ClickHouseError } from '@clickhouse/client';
import { describe, expect, it } from 'vitest';
import { StoreError } from './store.ts';
import { storeFailure } from './store-failure.ts';

const exception = (code: string, message: string) => new ClickHouseError({ code, type: 'SOME_TYPE', message });

describe('storeFailure', () => {
  it.each([
    ['60', 'Table profiler.spans does not exist'],
    ['159', 'Timeout exceeded'],
    ['202', 'Too many simultaneous queries'],
    ['241', 'Memory limit (total) exceeded'],
    ['243', 'Cannot reserve 1.00 MiB, not enough space'],
    ['252', 'Too many parts (3000) in table'],
    ['516', 'default: Authentication failed'],
    ['999', 'Coordination::Exception: Session expired'],
  ])('calls code %s retryable: %s', (code, message) => {
    expect(storeFailure(exception(code, message), 'Cannot insert')).toMatchObject({
      retryable: true,
      code: Number(code),
      message: `Cannot insert: ${message}`,
    });
  });

  it.each([
    ['62', 'Syntax error'],
    ['47', 'Unknown identifier'],
    ['53', 'Type mismatch'],
    ['16', 'No such column'],
    ['252', 'Too many partitions for single INSERT block (more than 100)'],
    ['33', 'Cannot read all data'],
  ])('calls code %s permanent: %s', (code, message) => {
    expect(storeFailure(exception(code, message), 'Cannot insert')).toMatchObject({
      retryable: false,
      code: Number(code),
    });
  });

  it('calls an engine that does not answer retryable', () => {
    const refused = Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:8123'), { code: 'ECONNREFUSED' });
    expect(storeFailure(refused, 'Cannot read')).toMatchObject({ retryable: true, code: 0, cause: refused });
    expect(storeFailure(new Error('Timeout error.'), 'Cannot read')).toMatchObject({ retryable: true, code: 0 });
    expect(storeFailure('gone', 'Cannot read')).toMatchObject({ retryable: true, code: 0 });
  });

  it("reads the engine's own code, not one that its message quotes", () => {
    const message = "Code: 62. DB::Exception: Syntax error: failed at 'Code: 241.'";
    expect(storeFailure(new Error(message), 'x')).toMatchObject({ retryable: false, code: 62 });
    expect(storeFailure(new Error("quoted 'Code: 62. DB::Exception'"), 'x')).toMatchObject({
      retryable: true,
      code: 0,
    });
  });

  it('leaves what is judged already as it is', () => {
    const judged = new StoreError('x', { retryable: false, code: 1 });
    expect(storeFailure(judged, 'y')).toBe(judged);
  });
});
