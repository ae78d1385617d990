import { defineConfig } from 'vitest/config';

// Node gets these too, for require as well: 'import' among them would make CommonJS packages load each other's ES modules.
const conditions = ['@profiler/source', 'module', 'node'];
// What is awaited comes at once on an idle machine; a busy one is no reason to fail.
const poll = { expect: { poll: { timeout: 10_000 } } };
const shared = { resolve: { conditions }, ssr: { resolve: { conditions } } };

/**
 * Three kinds of test, one after the other: `unit` needs nothing, `store` a ClickHouse engine in the process, `e2e` the
 * built programs.
 */
export default defineConfig({
  test: {
    projects: [
      {
        ...shared,
        test: {
          ...poll,
          name: 'unit',
          sequence: { groupOrder: 0 },
          include: [
            'packages/*/src/**/*.test.{ts,tsx}',
            'collector/src/**/*.test.ts',
            'dashboards/src/**/*.test.ts',
            'test/tidy/**/*.test.ts',
            'test/bench/**/*.test.ts',
          ],
          exclude: ['**/*.store.test.ts', '**/node_modules/**', '**/dist/**'],
        },
      },
      {
        ...shared,
        test: {
          ...poll,
          name: 'store',
          sequence: { groupOrder: 1 },
          include: [
            'collector/src/**/*.store.test.ts',
            'dashboards/src/**/*.store.test.ts',
            'test/bench/**/*.store.test.ts',
          ],
          pool: 'forks',
          maxWorkers: 2,
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        ...shared,
        test: {
          ...poll,
          name: 'e2e',
          sequence: { groupOrder: 2 },
          include: ['test/e2e/**/*.test.ts', 'test/interop/**/*.test.ts'],
          pool: 'forks',
          maxWorkers: 2,
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
});
