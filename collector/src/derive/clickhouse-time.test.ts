import { expect, it } from 'vitest';
import { clickhouseTime } from './clickhouse-time.ts';

it('gives times as ClickHouse reads them, in UTC', () => {
  expect(clickhouseTime(1_764_000_000_123)).toBe('2025-11-24 16:00:00.123');
});
