import type { Scenario } from '../scenario.ts';
import { killEmbedded, killServer } from './kill.ts';

export const SCENARIOS: readonly Scenario[] = [killEmbedded, killServer];
