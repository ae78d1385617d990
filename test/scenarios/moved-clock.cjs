// `node --require moved-clock.cjs`: at SIGUSR2 a minute passes at once, on the wall clock and on the monotonic one, so that a test
// need not wait for it. Timers run on by the real clock. MOVED_MS says how much has passed already at the start.
const RealDate = Date;
const realNow = performance.now.bind(performance);
let movedMs = Number(process.env.MOVED_MS ?? 0);

process.on('SIGUSR2', () => {
  movedMs += 60_000;
});

const now = () => RealDate.now() + movedMs;
performance.now = () => realNow() + movedMs;
globalThis.Date = new Proxy(RealDate, {
  get: (target, name) => (name === 'now' ? now : Reflect.get(target, name)),
  construct: (target, given, self) => Reflect.construct(target, given.length === 0 ? [now()] : given, self),
  apply: () => new RealDate(now()).toString(),
});
