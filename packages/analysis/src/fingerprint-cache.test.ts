import { describe, expect, it } from 'vitest';
import { fingerprint } from './fingerprint.ts';
import { FingerprintCache } from './fingerprint-cache.ts';

describe('the cache of fingerprints', () => {
  it('gives one object for one statement, whatever its values', () => {
    const cache = new FingerprintCache();
    const one = cache.get("SELECT 1, 'a'");
    expect(cache.get("SELECT 2, 'b'")).toBe(one);
    expect(one).toEqual(fingerprint("SELECT 1, 'a'"));
  });

  it('does not mix up what a text means to different databases', () => {
    const cache = new FingerprintCache();
    expect(cache.get('SELECT "a"', 'mysql').text).toBe('SELECT ?');
    expect(cache.get('SELECT "a"', 'postgresql').text).toBe('SELECT "a"');
  });

  it('forgets the oldest when it is full, and stays right', () => {
    const cache = new FingerprintCache(10);
    const first = cache.get('SELECT a0');
    for (let i = 0; i < 1_000; i++) expect(cache.get(`SELECT a${i}`)).toEqual(fingerprint(`SELECT a${i}`));
    expect(cache.size).toBeLessThanOrEqual(20);
    expect(cache.get('SELECT a0')).not.toBe(first);
  });

  it('is bounded in characters too', () => {
    const cache = new FingerprintCache(1_000, 10_000);
    for (let i = 0; i < 200; i++) {
      const text = `SELECT ${'a'.repeat(i * 7)} FROM t WHERE b = ${i}`;
      expect(cache.get(text)).toEqual(fingerprint(text));
      expect(cache.chars).toBeLessThanOrEqual(20_000);
    }
    expect(cache.size).toBeGreaterThan(4);
  });

  it('counts what it holds', () => {
    const cache = new FingerprintCache();
    cache.get('SELECT 1');
    cache.get('SELECT 22');
    expect(cache.size).toBe(3);
    expect(cache.chars).toBe('SELECT 1'.length + 'SELECT 22'.length + 'SELECT ?'.length);
  });

  it('does not keep very long texts', () => {
    const cache = new FingerprintCache();
    cache.get(`SELECT ${'a'.repeat(10_000)}`);
    expect(cache.size).toBe(0);
  });
});
