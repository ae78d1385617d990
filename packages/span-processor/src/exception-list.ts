import { normalizeMessage } from '@profiler/analysis';

export interface RecordedException {
  readonly type: string;
  readonly message: string;
  stacktrace: string;
}

/**
 * The exceptions of one request, each once: an error is recorded by every span that it passes on its way up, and spans
 * end from the inside out, so the first recording is the deepest. A later one may add the stack trace that it lacked.
 */
export class ExceptionList {
  readonly #byKey = new Map<string, RecordedException>();
  /** Exceptions that found no room. */
  droppedCount = 0;

  /** @returns whether this exception was new to the request and found room */
  add({ type, message, stacktrace }: RecordedException): boolean {
    const key = `${type}\0${normalizeMessage(message)}`;
    const known = this.#byKey.get(key);
    if (known !== undefined) {
      if (known.stacktrace === '') known.stacktrace = stacktrace.slice(0, STACKTRACE_CHARS_MAX);
      return false;
    }
    if (this.#byKey.size >= EXCEPTIONS_MAX) {
      this.droppedCount++;
      return false;
    }
    this.#byKey.set(key, {
      type,
      message: message.slice(0, MESSAGE_CHARS_MAX),
      stacktrace: stacktrace.slice(0, STACKTRACE_CHARS_MAX),
    });
    return true;
  }

  get list(): readonly RecordedException[] {
    return [...this.#byKey.values()];
  }
}

export const EXCEPTIONS_MAX = 8;
const MESSAGE_CHARS_MAX = 1_024;
const STACKTRACE_CHARS_MAX = 8_192;
