// `node --require shifted-clock.cjs`: a wall clock that jumps. The file that CHAOS_CLOCK_FILE names holds by how many
// milliseconds it is ahead, and is read again and again. The monotonic clock, which timers run by, is left alone. So is that
// of the embedded engine: it asks the kernel directly, where not even libfaketime can step in between (`now64()` went on
// unmoved under it).
const { readFileSync } = require('node:fs');

const RealDate = Date;
const file = process.env.CHAOS_CLOCK_FILE;
let aheadMs = 0;

function read() {
  try {
    aheadMs = Number(readFileSync(file, 'utf8')) || 0;
  } catch {
    // Not written yet, or being written: the clock stays as it is.
  }
}

function now() {
  return RealDate.now() + aheadMs;
}

read();
setInterval(read, 20).unref();
globalThis.Date = new Proxy(RealDate, {
  get: (target, name) => (name === 'now' ? now : Reflect.get(target, name)),
  construct: (target, given, self) => Reflect.construct(target, given.length === 0 ? [now()] : given, self),
  apply: () => new RealDate(now()).toString(),
});
