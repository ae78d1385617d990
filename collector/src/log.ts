/** Where the collector says what happened, for a person who reads its terminal or journal. */
export interface Log {
  info(message: string): void;
  warn(message: string): void;
  error(message: string, cause?: unknown): void;
}

/** One line a message, on stderr, so that stdout stays data. */
export function createLog(write: (line: string) => void = (line) => process.stderr.write(line)): Log {
  const say = (level: string, message: string) =>
    write(`${new Date().toISOString()} ${level} ${message.replaceAll('\n', ' ')}\n`);
  return {
    info: (message) => say('info', message),
    warn: (message) => say('warning', message),
    error: (message, cause) => say('error', cause === undefined ? message : `${message}: ${reason(cause)}`),
  };
}

function reason(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
