import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { calledUrl } from './called-url.ts';

describe('what an outgoing call asks for', () => {
  it.each([
    ['GET', 'https://stock.example/items/42?lang=en#top', 'GET https://stock.example/items/{id}?lang'],
    ['get', 'HTTPS://Stock.Example:8443/items', 'GET https://stock.example:8443/items'],
    ['POST', 'http://user:secret@stock/items/', 'POST http://stock/items'],
    ['GET', 'stock.example/items/0af76519-16cd-43dd-8448-eb211c803190', 'GET stock.example/items/{id}'],
    ['GET', 'http://a/b?z=1&a=2&z=3&=4', 'GET http://a/b?a&z'],
    ['GET', 'http://a?token=abc', 'GET http://a/?token'],
    ['', 'http://a/b', 'HTTP http://a/b'],
    ['GET', '', ''],
  ])('%s %s', (method, url, expected) => expect(calledUrl(method, url)).toBe(expected));

  it('is by the template where the app has one', () => {
    expect(calledUrl('GET', 'http://a/u/alice?x=1', '/u/{name}')).toBe('GET http://a/u/{name}?x');
  });

  it('never holds what stands for a value, a user or a password', () => {
    const secret = fc.stringMatching(/^secret[0-9a-z]{1,12}$/);
    fc.assert(
      fc.property(secret, fc.constantFrom('a', 'key', 'q[]'), (value, name) => {
        expect(calledUrl('GET', `https://${value}:${value}@host/p?${name}=${value}#${value}`)).not.toContain(value);
      }),
    );
  });

  it('of a called URL is the same again', () => {
    fc.assert(
      fc.property(fc.webUrl({ withQueryParameters: true, withFragments: true }), (url) => {
        const once = calledUrl('GET', url);
        expect(calledUrl('GET', once.slice('GET '.length))).toBe(once);
      }),
    );
  });
});
