/** Says what is going on, on a terminal with a line that is written over, elsewhere only what is worth a line. */
export interface Progress {
  /** Something happened. */
  say(message: string): void;
  /** Nothing happened, but time passed: shown on a terminal only. */
  tick(message: string): void;
  /** Makes room for other output. */
  clear(): void;
  end(): void;
}

export interface Terminal {
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
  write(text: string): unknown;
}

const ERASE_LINE = '\r\x1b[2K';

export function progressOn(terminal: Terminal): Progress {
  const clear = () => {
    if (terminal.isTTY) terminal.write(ERASE_LINE);
  };
  return {
    say(message) {
      clear();
      terminal.write(`${message}\n`);
    },
    tick(message) {
      if (terminal.isTTY) terminal.write(`${ERASE_LINE}${message.slice(0, (terminal.columns ?? 80) - 1)}`);
    },
    clear,
    end: clear,
  };
}
