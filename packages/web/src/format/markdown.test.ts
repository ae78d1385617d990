import type { Finding, Trace, TraceSpan } from '@profiler/collector/api-types';
import { describe, expect, it } from 'vitest';
import { findingMarkdown, inCode, traceMarkdown } from './markdown.ts';

const FINDING = {
  service: 'shop',
  endpoint: 'GET /orders',
  summary: 'SELECT a FROM t WHERE b = ? runs 41 times in a request of GET /orders',
  query: 'SELECT a FROM t WHERE b = ?',
  callSite: 'src/orders.js:14 (itemsOf)',
  loopPath: '',
  repeatsP50: 40,
  repeatsMax: 41,
  msPerRequest: 480,
  savedMsPerRequest: 468,
  occurrences: 4,
  firstSeen: '2026-11-01T00:00:00.000Z',
  lastSeen: '2026-11-02T00:00:00.000Z',
  firstVersion: '1.4.2',
} as Finding;

const span = (name: string, children: TraceSpan[] = [], more: Partial<TraceSpan> = {}) =>
  ({
    spanId: name,
    name,
    service: 'shop',
    version: '1.4.2',
    kind: 'internal',
    fingerprint: '',
    entry: false,
    method: '',
    route: '',
    status: 'unset',
    exceptionType: '',
    exceptionMessage: '',
    exceptionStacktrace: '',
    offsetMs: 0,
    durationMs: 2,
    attributes: {},
    children,
    ...more,
  }) as TraceSpan;

describe('a finding as Markdown', () => {
  it('says what, where and since when, with the query and a link', () => {
    expect(findingMarkdown(FINDING, 'N+1 query', 'http://collector/findings/1')).toBe(
      [
        '## N+1 query: `GET /orders`',
        '',
        '`SELECT a FROM t WHERE b = ? runs 41 times in a request of GET /orders`',
        '',
        '```sql',
        'SELECT a FROM t WHERE b = ?',
        '```',
        '',
        '- Service: `shop`',
        '- Line: `src/orders.js:14 (itemsOf)`',
        '- Repeats per request: 40 typical, 41 at most',
        '- Time per request: 480 ms',
        '- A fix saves: up to 468 ms a request',
        '- Seen: in 4 requests, 2026-11-01T00:00:00.000Z to 2026-11-02T00:00:00.000Z',
        '- First version: `1.4.2`',
        '',
        '[Finding](http://collector/findings/1)',
      ].join('\n'),
    );
  });

  it('holds a text that ends code, inside code', () => {
    const query = 'SELECT 1\n```\n<script>alert(1)</script>\n[x](http://elsewhere)';
    expect(findingMarkdown({ ...FINDING, query }, 'N+1', 'a')).toContain(`\`\`\`\`sql\n${query}\n\`\`\`\``);
    expect(inCode('a ` b `` c')).toBe('``` a ` b `` c ```');
    expect(inCode('one\ntwo')).toBe('`one two`');
    expect(inCode('')).toBe('');
  });
});

describe('a trace as Markdown', () => {
  const loop = Array.from({ length: 41 }, (_, at) => span('SELECT items', [], { spanId: `q${at}`, fingerprint: 'f' }));
  const entry = span('GET /orders', loop, {
    entry: true,
    method: 'GET',
    route: '/orders',
    durationMs: 480,
    exceptionType: 'StockError',
    exceptionMessage: 'no `stock`',
    exceptionStacktrace: 'StockError\n  at a.js:1',
  });
  const trace = {
    traceId: 'abc',
    startedAt: '2026-11-01T00:00:00.000Z',
    spans: [entry],
    queries: [{ nPlusOne: true, calls: 41, totalMs: 82, text: 'SELECT a', callSite: 'a.js:1' }],
  } as unknown as Trace;

  it('is folded, with loops, lines and the exception', () => {
    expect(traceMarkdown(trace, entry, 'http://collector/traces/abc')).toBe(
      [
        '## `GET /orders`: 480 ms',
        '',
        '- Trace: `abc`, 2026-11-01T00:00:00.000Z',
        '- Service: `shop` `1.4.2`',
        '- Exception: `` StockError: no `stock` ``',
        '- N+1, 41 times, 82 ms: `SELECT a`',
        '  at `a.js:1`',
        '',
        '```',
        'GET /orders  480 ms (failed)',
        '  SELECT items x41  82 ms',
        '```',
        '',
        '```',
        'StockError',
        '  at a.js:1',
        '```',
        '',
        '[Trace](http://collector/traces/abc)',
      ].join('\n'),
    );
  });

  it('ends after sixty rows, and says how many more there are', () => {
    const many = Array.from({ length: 100 }, (_, at) => span(`step ${at}`));
    const text = traceMarkdown({ ...trace, spans: many }, entry, 'a');
    expect(text).toContain('step 59');
    expect(text).not.toContain('step 60');
    expect(text).toContain('… 40 more');
  });
});
