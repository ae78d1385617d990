/** Data goes to stdout, all else to stderr; so a pipe carries data only. */
export interface Output {
  data(text: string): void;
  note(text: string): void;
}

export const processOutput: Output = {
  data: (text) => void process.stdout.write(`${text}\n`),
  note: (text) => void process.stderr.write(`${text}\n`),
};

export function json(output: Output, document: unknown): void {
  output.data(JSON.stringify(document, null, 2));
}
