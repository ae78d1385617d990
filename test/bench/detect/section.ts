import type { DetectOptions } from './detect-options.ts';

/** One table of `npm run bench:detect`, as it is printed and as machines read it. */
export interface Section {
  readonly title: string;
  /** Aligned lines. */
  readonly text: string;
  /** The same figures, for `--json`. */
  readonly result: unknown;
  /** Targets that were missed, in words; empty when all were met. */
  readonly faults: readonly string[];
}

/** Measures and returns a section. Everything random in it follows from `options.seed`. */
export type SectionRun = (options: DetectOptions) => Section | Promise<Section>;
