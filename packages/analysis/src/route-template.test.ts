import fc from 'fast-check';
import { expect, it } from 'vitest';
import { routeTemplate } from './route-template.ts';

it.each([
  ['/users/123', '/users/{id}'],
  ['/users/123/orders/', '/users/{id}/orders'],
  ['/', '/'],
  ['', '/'],
  ['/a?b=1#c', '/a'],
  ['/v1/items', '/v1/items'],
  ['/users/6f1ed002-ab5e-4f3b-9a1c-0242ac120002', '/users/{id}'],
  ['/commits/deadbeef01', '/commits/{id}'],
  ['/feedface', '/feedface'],
  ['/invoice-2024-000123.pdf', '/{id}'],
  ['/days/2026-11-23', '/days/{id}'],
  ['/users/ann@example.org', '/users/{id}'],
  ['/sessions/V1StGXR8_Z5jdHi6B-myT', '/sessions/{id}'],
  ['/how-to-write-a-good-readme', '/how-to-write-a-good-readme'],
  [`/${'x'.repeat(65)}`, '/{id}'],
  [`/${Array.from({ length: 14 }, () => 'a').join('/')}`, `/${Array.from({ length: 12 }, () => 'a').join('/')}/…`],
])('%s', (path, route) => expect(routeTemplate(path)).toBe(route));

it('is total, bounded, and changes nothing the second time', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.webPath({ size: 'large' })), (path) => {
      const route = routeTemplate(path);
      expect(routeTemplate(route)).toBe(route);
      expect(route.length).toBeLessThanOrEqual(12 * 65 + 3);
    }),
  );
});
