import { hash64 } from './hash64.ts';

/** An exception that came as a log record. */
export interface LogException {
  /** '' when the record names no span. */
  readonly spanId: string;
  readonly service: string;
  /** Nanoseconds since the epoch, decimal. */
  readonly timeUnixNano: string;
  readonly exceptionType: string;
  readonly exceptionMessage: string;
  readonly exceptionStacktrace: string;
  /** Its span, if it has not come, will not come any more. */
  readonly settled: boolean;
}

/** Identity of a log record that belongs to no span: the same record delivered twice is one occurrence. 16 hex digits. */
export function logOccurrenceId(log: LogException): string {
  const { service, timeUnixNano, exceptionType, exceptionMessage, exceptionStacktrace } = log;
  return hash64([service, timeUnixNano, exceptionType, exceptionMessage, exceptionStacktrace].join('\0')).hex;
}
