import { expect, it } from 'vitest';
import { EndpointCap } from './endpoint-cap.ts';

const DAY_MS = 86_400_000;

it('admits as many endpoints as the cap says, and those again', () => {
  const cap = new EndpointCap(2);
  const shop = cap.of('shop', 0);
  expect([cap.admits(shop, 'GET', '/a'), cap.admits(shop, 'POST', '/a'), cap.admits(shop, 'GET', '/b')]).toEqual([
    true,
    true,
    false,
  ]);
  expect([cap.admits(shop, 'POST', '/a'), cap.admits(shop, 'DELETE', '/a')]).toEqual([true, false]);
});

it('counts each service for itself, up to a number of services', () => {
  const cap = new EndpointCap(1, 2);
  const admitted = ['a', 'b', 'c'].map((service) => cap.admits(cap.of(service, 0), 'GET', '/x'));
  expect(admitted).toEqual([true, true, false]);
  expect(cap.admits(cap.of('a', 5), 'GET', '/y')).toBe(false);
});

it('starts anew each UTC day', () => {
  const cap = new EndpointCap(1);
  expect(cap.admits(cap.of('a', DAY_MS - 1), 'GET', '/junk')).toBe(true);
  expect(cap.admits(cap.of('a', DAY_MS - 1), 'GET', '/real')).toBe(false);
  expect(cap.admits(cap.of('a', DAY_MS), 'GET', '/real')).toBe(true);
});
