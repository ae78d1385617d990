import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { asCurl } from './curl.ts';

const entry = (path: string, method = 'GET', attributes: Record<string, string> = {}) => ({
  method,
  path,
  route: '',
  attributes,
});

describe('a request as curl', () => {
  it.each([
    [entry('/orders'), "curl 'http://localhost/orders'"],
    [entry('/orders', 'DELETE'), "curl -X DELETE 'http://localhost/orders'"],
    [entry('/pay', 'POST'), "curl -X POST 'http://localhost/pay' --data ''"],
    [
      entry('/orders', 'GET', { 'server.address': 'shop', 'server.port': '8080', 'url.query': 'page=2' }),
      "curl 'http://shop:8080/orders?page=2'",
    ],
    [
      entry('/orders', 'GET', { 'url.scheme': 'https', 'server.address': 'shop', 'server.port': '443' }),
      "curl 'https://shop/orders'",
    ],
    [entry(''), "curl 'http://localhost/'"],
    [entry('/a b\n‮c'), "curl 'http://localhost/a%20b%0A%E2%80%AEc'"],
    [entry('/x', "GET'; rm -rf ~"), "curl 'http://localhost/x'"],
  ])('%#', (span, line) => {
    expect(asCurl(span)).toBe(line);
  });

  it.each(["/a'b", "/'; echo got in; '", '/$(echo got in)', '/`echo got in`', '/"\\', '/\ud800', "/''"])(
    'is one argument to a shell: %s',
    (path) => {
      const script = asCurl(entry(path)).replace(/^curl/, `printf '%s\\n'`);
      const [argument, ...more] = execFileSync('/bin/sh', ['-c', script], { encoding: 'utf8' }).trimEnd().split('\n');
      expect(more).toEqual([]);
      expect(decodeURIComponent(argument!)).toBe(`http://localhost${path.replace('\ud800', '\ufffd')}`);
    },
  );
});
