/** Why the demo could not go on, for the person who started it. */
export class DemoError extends Error {
  override readonly name = 'DemoError';
}
