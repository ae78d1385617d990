import { openStore } from './open-store.ts';

/** Test support: what an engine takes for the time of day, in a process whose time zone another process chose. */
const store = await openStore({ dataDir: process.argv[2]! });
const [row] = await store.query<{ zone: string; minuteOfHour: number; now: number }>(
  "SELECT timezone() AS zone, toMinute(toStartOfHour(now())) AS minuteOfHour, toUnixTimestamp(toDateTime(toString(now64(3, 'UTC')), 'UTC')) AS now",
);
await store.close();
const { zone, minuteOfHour, now } = row!;
const localOffsetMinutes = -new Date(0).getTimezoneOffset();
process.stdout.write(
  JSON.stringify({ localOffsetMinutes, zone, minuteOfHour, secondsApart: Math.abs(now - Date.now() / 1000) < 60 }),
);
