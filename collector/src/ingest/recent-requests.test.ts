import { expect, it } from 'vitest';
import { RecentRequests } from './recent-requests.ts';

const outcome = { rejected: 1, message: '1 older than the retention' };

it('a request is known with its outcome while it is being accepted, and after', async () => {
  const recent = new RecentRequests();
  const accepting = recent.accept('a', async () => outcome);
  expect(await recent.find('a')).toEqual(outcome);
  await accepting;
  expect(recent.find('a')).toEqual(outcome);
  expect(recent.find('b')).toBeUndefined();
});

it('a request that was refused is not known', async () => {
  const recent = new RecentRequests();
  await expect(recent.accept('a', () => Promise.reject(new Error('full')))).rejects.toThrow('full');
  expect(recent.find('a')).toBeUndefined();
});

it('the last two generations are known, by number and by age', () => {
  let nowMs = 0;
  const recent = new RecentRequests({ generationRequestsMax: 2, generationMsMax: 1_000, now: () => nowMs });
  const known = () => [...'abcdef'].filter((digest) => recent.find(digest) !== undefined).join('');
  for (const digest of 'abcde') recent.remember(digest);
  expect(known()).toBe('cde');
  nowMs = 1_001;
  recent.remember('f');
  expect(known()).toBe('ef');
});
