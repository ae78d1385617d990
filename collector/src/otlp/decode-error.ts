/** A request body that is not what it says it is. Permanent: the same bytes never decode. */
export class DecodeError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'DecodeError';
  }
}
