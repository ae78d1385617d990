// What every program here serves: seven orders with their lines, read with an N+1 (`/unfixed`, and `/side-by-side` without
// waiting for one before asking for the next) and without (`/fixed`). Each program's N+1 is on a line of its own.
import express from 'express';
import { listening } from '../lifecycle.mjs';

export const ORDERS = 7;

/** @param handlers `unfixed`, `fixed`, and `sideBySide` where the library can; each answers orders with their lines */
export function serve({ unfixed, sideBySide, fixed }) {
  const app = express();
  for (const [path, handler] of Object.entries({ '/unfixed': unfixed, '/side-by-side': sideBySide, '/fixed': fixed })) {
    if (handler !== undefined) app.get(path, async (_request, response) => response.json(await handler()));
  }
  const server = app.listen(0, '127.0.0.1', () => listening(server));
}
