/** Why a request was not accepted although nothing is wrong with it: the same request may be accepted later. */
export class IngestUnavailableError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'IngestUnavailableError';
  }
}
