import { hash64 } from './hash64.ts';
import { normalizeMessage } from './normalize-message.ts';

/** The identity under which exceptions are grouped: 16 hex digits from service, type and normalised message. */
export function exceptionKey(service: string, type: string, message: string): string {
  return hash64(`${service}\0${type}\0${normalizeMessage(message)}`).hex;
}
