import { describe, expect, it } from 'vitest';
import { fingerprint } from './fingerprint.ts';
import { HOSTILE_PIECES, hostileQuery } from './hostile-queries.fixture.ts';

const CHARS = 2 ** 18;
const SYSTEMS = ['', 'postgresql', 'mysql'];

// A million characters, in all dialects, are in `npm run bench:detect`.
describe('a text of a quarter of a million characters takes time linear in its length', () => {
  it.each(
    Object.entries(HOSTILE_PIECES).map(([name, piece], i) => [name, SYSTEMS[i % SYSTEMS.length]!, piece] as const),
  )(
    '%s, as "%s"',
    (_, system, piece) => {
      const query = hostileQuery(piece, CHARS);
      const before = process.cpuUsage();
      fingerprint(query, system);
      const cpu = process.cpuUsage(before);
      // A quadratic step over that many would take minutes; a linear one takes about a hundredth of a second.
      expect((cpu.user + cpu.system) / 1e6).toBeLessThan(5);
    },
    60_000,
  );
});
