import { describe, expect, it } from 'vitest';
import { address, changed, endpointPath, shared } from './address.ts';

describe('address', () => {
  it('leaves out what is empty and orders the rest, so that equal filters are one address', () => {
    expect(address('/requests', { slow: 'true', method: '', q: 'a b&c' })).toBe('/requests?q=a+b%26c&slow=true');
    expect(address('/requests', { q: 'a b&c', slow: 'true' })).toBe(address('/requests', { slow: 'true', q: 'a b&c' }));
    expect(address('/', {})).toBe('/');
  });
});

describe('changed', () => {
  it('starts at the first page again when a filter changes', () => {
    expect(changed({ cursor: 'abc', slow: 'true' }, { slow: 'false' })).toEqual({ cursor: '', slow: 'false' });
  });

  it('keeps the filters when the page changes', () => {
    expect(changed({ slow: 'true' }, { cursor: 'abc' })).toEqual({ cursor: 'abc', slow: 'true' });
  });
});

describe('shared', () => {
  it('takes the filters of the header along, and leaves a page its own', () => {
    expect(shared({ service: 'shop', since: '1h', method: 'GET', cursor: 'abc', version: '' })).toEqual({
      service: 'shop',
      since: '1h',
    });
  });
});

describe('endpointPath', () => {
  it('keeps a route in one segment', () => {
    expect(endpointPath({ service: 'shop', method: 'GET', route: '/orders/{id}' })).toBe(
      '/endpoints/shop/GET/%2Forders%2F%7Bid%7D',
    );
  });

  it('has no empty segment where a protocol has no method', () => {
    expect(endpointPath({ service: 'shop', method: '', route: 'Cart/Get' })).toBe('/endpoints/shop/-/Cart%2FGet');
  });
});
