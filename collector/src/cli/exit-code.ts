/** What a script learns from the exit code. */
export const EXIT = { ok: 0, failed: 1, usage: 2 } as const;

/** A failure that is told in one line; anything else that is thrown is a defect, and shows its stack. */
export class CliError extends Error {
  readonly exitCode: number;

  constructor(message: string, exitCode: number = EXIT.failed) {
    super(message);
    this.name = 'CliError';
    this.exitCode = exitCode;
  }
}
