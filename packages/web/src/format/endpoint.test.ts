import { expect, it } from 'vitest';
import { splitEndpoint } from './endpoint.ts';

it('splits at the first blank: a route may hold more of them', () => {
  expect(splitEndpoint('GET /a b/{id}')).toEqual({ method: 'GET', route: '/a b/{id}' });
  expect(splitEndpoint('unmatched')).toEqual({ method: '', route: 'unmatched' });
});
