/**
 * A Redis command as text: its name, and of the key what says which kind of key it is. Keys carry ids, tokens and addresses,
 * and there are as many as there are users; a command repeated for each of them is one statement.
 *
 *     GET user:4711:cart   ->   get user:?
 *     GET 4711             ->   get ?
 */
export function redisStatement(commandName: string, args: readonly unknown[]): string {
  const [key] = args;
  if (key === undefined) return commandName;
  const text = typeof key === 'string' || Buffer.isBuffer(key) ? String(key) : '';
  const kind = /^([A-Za-z][A-Za-z_-]{0,31})[:/.|]/.exec(text.slice(0, 64))?.[0] ?? '';
  return `${commandName} ${kind}?`;
}
