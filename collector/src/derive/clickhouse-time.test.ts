import { expect, it } from 'vitest';
import { clickhouseTime, clickhouseTimeOfNano } from './clickhouse-time.ts';

it('writes times in UTC, to the last digit', () => {
  expect(clickhouseTime(1_764_000_000_123)).toBe('2025-11-24 16:00:00.123');
  expect(clickhouseTimeOfNano('1764000000123456789')).toBe('2025-11-24 16:00:00.123456789');
  expect(clickhouseTimeOfNano('1')).toBe('1970-01-01 00:00:00.000000001');
});
