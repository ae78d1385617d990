import { expect, it } from 'vitest';
import { parseCallSite } from './call-site.ts';

it.each([
  ['/app/a.js:12:load', '/app/a.js', 12, 'load'],
  ['/app/a.js:12:', '/app/a.js', 12, ''],
  ['C:\\app\\a.js:12:load', 'C:\\app\\a.js', 12, 'load'],
  ['file:///app/a.js:12:load', 'file:///app/a.js', 12, 'load'],
  ['/app/a.js:12:Foo.bar [as baz]', '/app/a.js', 12, 'Foo.bar [as baz]'],
  ['/app/a.js:99999999999:f', '', 0, ''],
  ['/app/a.js', '', 0, ''],
  ['/app/a.js:load', '', 0, ''],
  [':1:f', '', 0, ''],
  ['', '', 0, ''],
])('%s', (text, filePath, lineNumber, functionName) => {
  expect(parseCallSite(text)).toEqual({ filePath, lineNumber, functionName });
});
