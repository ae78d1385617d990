import { describe, expect, it } from 'vitest';
import { callSite } from './call-site.ts';

const ROOT = '/shop';

function stack(...frames: string[]): string {
  return ['Error', ...frames.map((frame) => `    at ${frame}`)].join('\n');
}

describe('callSite', () => {
  it('is the innermost frame of the app', () => {
    const text = stack(
      'Pool.query (/shop/node_modules/pg-pool/index.js:431:9)',
      'process.processTicksAndRejections (node:internal/process/task_queues:95:5)',
      'loadLines (file:///shop/src/orders.mjs:41:14)',
      'async handler (/shop/src/server.js:12:3)',
    );
    expect(callSite(text, ROOT)).toBe('src/orders.mjs:41:loadLines');
  });

  it.each([
    ['async loadLines (/shop/a.js:1:2)', 'a.js:1:loadLines'],
    ['Object.loadLines [as handler] (/shop/a.js:1:2)', 'a.js:1:loadLines'],
    ['new Repository (/shop/a.ts:7:2)', 'a.ts:7:Repository'],
    ['OrderService.list (/shop/a.ts:7:2)', 'a.ts:7:OrderService.list'],
    ['/shop/a.js:1:2', 'a.js:1:'],
    ['async file:///shop/a%20b.mjs:3:2', 'a b.mjs:3:'],
    ['Object.<anonymous> (/shop/a.js:1:2)', 'a.js:1:'],
    ['list (/elsewhere/a.js:1:2)', '/elsewhere/a.js:1:list'],
    ['list (/shopping/a.js:1:2)', '/shopping/a.js:1:list'],
  ])('reads %s', (frame, expected) => {
    expect(callSite(stack(frame), ROOT)).toBe(expected);
  });

  it('passes over the instrumentation, and is empty when no frame is left', () => {
    const text = stack('hook (/opt/register/start.cjs:9:1)', 'eval at run (<anonymous>:1:1)', 'list (/shop/a.js:5:1)');
    expect(callSite(text, ROOT, '/opt/register/start.cjs')).toBe('a.js:5:list');
    expect(callSite(stack('hook (/opt/register/start.cjs:9:1)'), ROOT, '/opt/register/start.cjs')).toBe('');
    expect(callSite('', ROOT)).toBe('');
  });
});
