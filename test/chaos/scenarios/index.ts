import type { Scenario } from '../scenario.ts';
import { clockJumps } from './clock-jumps.ts';
import { damagedSpool } from './damaged-spool.ts';
import { diskFull } from './disk-full.ts';
import { faultyServer } from './faulty-server.ts';
import { killEmbedded, killServer } from './kill.ts';
import { stop } from './stop.ts';

export const SCENARIOS: readonly Scenario[] = [
  killEmbedded,
  killServer,
  faultyServer,
  diskFull,
  clockJumps,
  damagedSpool,
  stop,
];
