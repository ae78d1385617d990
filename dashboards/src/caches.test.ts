import { expect, it } from 'vitest';
import { CACHE_SYSTEMS, HTTP_SYSTEM } from '../../packages/analysis/src/index.ts';
import { NO_DATABASES } from './columns.ts';

it('what is no database here is no database to the detector', () => {
  expect([...NO_DATABASES].sort()).toEqual([HTTP_SYSTEM, ...CACHE_SYSTEMS].sort());
});
