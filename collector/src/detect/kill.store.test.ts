import { execFile } from 'node:child_process';
import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Receiver, startReceiver } from '../notify/test-receiver.ts';
import { bundledProgram } from '../store/bundled-program.ts';
import { migrate } from '../store/migrate.ts';
import { openStore } from '../store/open-store.ts';
import { temporaryDirectory } from '../store/temporary-directory.ts';
import { recordClosedWindow } from './closed-windows.ts';
import { insertHours } from './hour-rows.ts';
import { listRegressions } from './regressions.ts';
import { GRACE_MS } from './scheduler.ts';
import { windowAt } from './window.ts';

const HOUR_MS = 3_600_000;
const HOURS = 80;
const DEPLOY = HOURS - 2;
const END_MS = Math.floor(Date.now() / HOUR_MS) * HOUR_MS;
const START_MS = END_MS - HOURS * HOUR_MS;
const NOW_MS = END_MS + GRACE_MS;
const PROGRAM = fileURLToPath(new URL('./kill-program.ts', import.meta.url));

let prepared: { path: string; remove(): Promise<void> };
let receiver: Receiver;
let program: string;
/** Set while the receiver's answer is to be the last thing that the sender sees. */
let onAnswer: (() => void) | undefined;

beforeAll(async () => {
  program = await bundledProgram(PROGRAM);
  receiver = await startReceiver((_, response) => {
    response.writeHead(204).end(() => onAnswer?.());
  });
  // One deploy in the last two hours, which makes three endpoints slower; all but these hours are closed.
  prepared = await temporaryDirectory();
  const store = await openStore({ dataDir: join(prepared.path, 'data') });
  await migrate(store, { retentionDays: 7 });
  const step = { startMs: START_MS, hours: HOURS, deployHour: DEPLOY };
  await insertHours(store, ...['/a', '/b', '/c'].map((route) => ({ ...step, route, factor: 1.6 })), {
    ...step,
    route: '/calm',
  });
  const window = windowAt(START_MS + (DEPLOY - 1) * HOUR_MS, 60);
  await recordClosedWindow(store, { window, endpoints: 4, regressions: 0, closedAtMs: window.endMs + GRACE_MS });
  await store.close();
});

afterAll(async () => {
  await receiver.close();
  await prepared.remove();
});

function run(dataDir: string, path: string, ...kill: string[]) {
  return new Promise<{ signal: string | null; code: number | null }>((resolve) => {
    const args = [program, dataDir, `${receiver.url}${path}`, String(NOW_MS), ...kill];
    const child = execFile(process.execPath, args, { timeout: 60_000 }, () => {});
    onAnswer = kill[0] === 'answer' ? () => child.kill('SIGKILL') : undefined;
    child.on('close', (code, signal) => resolve({ signal, code }));
  });
}

/** Between every two steps of closing a window, in their order; what the receiver may have got after a restart. */
const STEPS: readonly [table: string, nth: string, when: string, deliveries: readonly number[]][] = [
  ['endpoint_windows', '1', 'before', [1]],
  // Pending is what is first recorded of a notification.
  ['notifications', '1', 'before', [1]],
  ['notifications', '1', 'after', [1]],
  // The sending goes on beside what follows: it may be over already, or cut off after the answer.
  ['regressions', '1', 'before', [1, 2]],
  ['windows', '1', 'before', [1, 2]],
  ['windows', '1', 'after', [1, 2]],
  ['answer', '', '', [1, 2]],
  // The record of the answer: before it is the one moment after which a notification is repeated.
  ['notifications', '2', 'before', [2]],
];

it.each(STEPS)(
  'a kill -9 at %s %s (%s) loses no alert, and repeats one only between answer and record',
  async (...step) => {
    const [table, nth, when, deliveries] = step;
    const path = `/${table}-${nth}-${when}`;
    const directory = await temporaryDirectory();
    const dataDir = join(directory.path, 'data');
    try {
      await cp(join(prepared.path, 'data'), dataDir, { recursive: true });
      expect(await run(dataDir, path, table, nth, when)).toMatchObject({ signal: 'SIGKILL' });
      expect(await run(dataDir, path)).toEqual({ signal: null, code: 0 });
      const got = receiver.received.filter((received) => received.path === path);
      expect(deliveries).toContain(got.length);
      expect(new Set(got.map(({ headers }) => headers['idempotency-key'])).size).toBe(1);
      expect(new Set(got.map(({ body }) => body)).size).toBe(1);
      const told = JSON.parse(got[0]!.body).regressions.map(({ endpoint }: { endpoint: string }) => endpoint);
      expect(told.sort()).toEqual(['GET /a', 'GET /b', 'GET /c']);

      const store = await openStore({ dataDir });
      const alerts = await listRegressions(store, { state: 'firing' });
      const [sent] = await store.query<{ states: string[] }>(
        `SELECT groupArray(toString(state)) AS states FROM ${store.database}.notifications FINAL`,
      );
      const [windows] = await store.query<{ last: number }>(
        `SELECT toUnixTimestamp(max(window_start)) AS last FROM ${store.database}.windows`,
      );
      await store.close();
      expect(alerts.map(({ endpoint, version }) => `${endpoint} ${version}`).sort()).toEqual([
        'GET /a 1.1.0',
        'GET /b 1.1.0',
        'GET /c 1.1.0',
      ]);
      expect(sent!.states).toEqual(['sent']);
      expect(windows!.last * 1000).toBe(END_MS - HOUR_MS);
    } finally {
      await directory.remove();
    }
  },
);
