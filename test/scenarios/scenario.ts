/** A scenario, read from its text. The README describes the text. */
export interface Scenario {
  /** The file's name without its ending; also the name of its service. */
  readonly name: string;
  readonly title: string;
  /** How often the request is made. */
  readonly requests: number;
  readonly roots: readonly SpanText[];
  readonly expected: readonly ExpectedFinding[];
}

/** A line of the tree. */
export interface SpanText {
  readonly line: number;
  readonly head: string;
  readonly text: string;
  readonly times: number;
  readonly sideBySide: boolean;
  /** Undefined: as long as its children take. */
  readonly durationMs: number | undefined;
  /** Nothing happens for so long before it. */
  readonly afterMs: number;
  readonly extras: Readonly<Record<string, string>>;
  readonly children: SpanText[];
}

export const PATHS = ['otlp', 'app'] as const;
export type Path = (typeof PATHS)[number];

export interface ExpectedFinding {
  readonly type: string;
  readonly endpoint: string;
  /** Both when undefined. */
  readonly path: Path | undefined;
  /** What else is said of it, as it is written. */
  readonly facts: Readonly<Record<string, string>>;
}
