import { expect, it } from 'vitest';
import { progressOn } from './progress.ts';

function shown(terminal: { isTTY?: boolean; columns?: number }): string {
  let text = '';
  const progress = progressOn({
    ...terminal,
    write: (part) => {
      text += part;
    },
  });
  progress.say('starting');
  progress.tick('12 s, looking for: regression');
  progress.end();
  return text;
}

it('in a file or a pipe there is one line for what happened, and nothing for time that passed', () => {
  expect(shown({})).toBe('starting\n');
});

it('on a terminal time passes on one line, which is cut to fit and gone at the end', () => {
  const text = shown({ isTTY: true, columns: 12 });
  expect(text).toContain('12 s, looki');
  expect(text).not.toContain('12 s, lookin');
  expect(text.endsWith('\r\x1b[2K')).toBe(true);
});
