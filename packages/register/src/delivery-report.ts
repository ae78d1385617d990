import { say } from './say.ts';

/** Tells once, in one line, that spans cannot be delivered; an outage of the collector must not fill the app's terminal. */
export class DeliveryReport {
  readonly #endpoint: string;
  #told = false;

  constructor(endpoint: string) {
    this.#endpoint = endpoint;
  }

  failed(error: Error | undefined): void {
    this.#tell(`spans cannot be delivered to ${this.#endpoint} (${reasonOf(error)}) and are dropped until it answers`);
  }

  gaveUp(): void {
    this.#tell(`the last spans were not delivered: ${this.#endpoint} did not answer in time`);
  }

  #tell(message: string): void {
    if (this.#told) return;
    this.#told = true;
    say(`${message}; the app is not affected`);
  }
}

/** A name that resolves to several addresses fails with an error per address, and no message of its own. */
function reasonOf(error: Error | undefined): string {
  const { code } = (error ?? {}) as { code?: string | number };
  const message = error?.message.slice(0, 200);
  if (code === undefined) return message || 'no reason given';
  return message ? `${code} ${message}` : String(code);
}
