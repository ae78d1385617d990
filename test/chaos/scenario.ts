import { type CHECK, Findings } from './findings.ts';
import type { Ledger } from './traffic/ledger.ts';

/** One way to break things, done again and again under traffic, and audited. */
export interface Scenario {
  readonly name: string;
  readonly about: string;
  /** What is counted: how often it is done. */
  readonly unit: 'kills' | 'rounds';
  run(options: ScenarioOptions): Promise<ScenarioReport>;
}

export interface ScenarioOptions {
  /** Kills or rounds. */
  readonly count: number;
  /** Decides what is sent and what is done when; not how processes race. */
  readonly seed: number;
  /** Kills that one data directory goes through before it is audited and another begins. */
  readonly killsPerDirectory: number;
  /** Keep the directories of what went well, too. */
  readonly keep: boolean;
  readonly progress: (line: string) => void;
}

/** What a scenario did and what its audits found. */
export class ScenarioReport {
  readonly scenario: string;
  readonly seed: number;
  readonly findings = new Findings();
  /** How often what was done, as `killed while inserting`. */
  readonly done: Record<string, number> = {};
  readonly sent = { acknowledgedBodies: 0, acknowledgedSpans: 0, givenUpBodies: 0, sentAgain: 0 };
  /** Answers other than 200 by status; `0` is a connection that failed. */
  readonly refusals: Record<string, number> = {};
  /** Why it was not run. */
  skipped: string | undefined;
  readonly notes: string[] = [];
  seconds = 0;

  constructor(scenario: string, seed: number) {
    this.scenario = scenario;
    this.seed = seed;
  }

  did(what: string): void {
    this.done[what] = (this.done[what] ?? 0) + 1;
  }

  add(ledger: Ledger): void {
    const counts = ledger.counts();
    for (const name of Object.keys(this.sent) as (keyof typeof this.sent)[]) this.sent[name] += counts[name];
    for (const [status, count] of ledger.refusals) this.refusals[status] = (this.refusals[status] ?? 0) + count;
  }

  found(check: keyof typeof CHECK): number {
    return this.findings.count(`${check}: `);
  }
}
