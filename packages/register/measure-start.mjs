// What one flag adds to the start of an app that does nothing: `npm run build && node measure-start.mjs [runs]`.
// CPU time is the number to compare; the elapsed time depends on what else the machine does.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const runs = Number(process.argv[2] ?? 15);
const register = (file) => fileURLToPath(new URL(`dist/${file}`, import.meta.url));
const CASES = {
  'node alone': [],
  '--import @profiler/register': ['--import', register('register.mjs')],
  '--require @profiler/register': ['--require', register('register.cjs')],
};
const PROGRAM = `process.on('exit', () => {
  const { user, system } = process.cpuUsage();
  console.log(JSON.stringify({ cpuMs: (user + system) / 1e3, elapsedMs: performance.now() }));
})`;

console.log(
  `${'median of'.padEnd(31)}${String(runs).padStart(2)} runs   CPU ms   elapsed ms   (Node ${process.versions.node})`,
);
for (const [name, args] of Object.entries(CASES)) {
  const measured = Array.from({ length: runs }, () => {
    const { stdout } = spawnSync(process.execPath, [...args, '-e', PROGRAM], { encoding: 'utf8' });
    return JSON.parse(stdout);
  });
  const median = (key) =>
    measured
      .map((run) => run[key])
      .sort((a, b) => a - b)
      [runs >> 1].toFixed(0);
  console.log(`${name.padEnd(40)} ${median('cpuMs').padStart(6)} ${median('elapsedMs').padStart(12)}`);
}
