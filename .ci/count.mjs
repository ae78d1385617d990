// Adds up vitest's JSON reports: `node .ci/count.mjs failed-steps report.json...` prints "N passed, N failed" and exits 1
// when anything failed. A skipped test is one that CI should have run, and a file that could not be loaded is a failed one.
import { existsSync, readFileSync } from 'node:fs';

const [failedSteps, ...files] = process.argv.slice(2);
let passed = 0;
let failed = Number(failedSteps);
for (const file of files) {
  if (!existsSync(file)) {
    console.error(`no report: ${file}`);
    failed += 1;
    continue;
  }
  const report = JSON.parse(readFileSync(file, 'utf8'));
  const notLoaded = report.testResults.filter(
    (result) => result.status === 'failed' && !result.assertionResults.some(({ status }) => status === 'failed'),
  );
  const skipped = report.numPendingTests + report.numTodoTests;
  if (skipped > 0) console.error(`skipped, which counts as failed: ${skipped} tests`);
  for (const result of notLoaded) console.error(`failed outside its tests: ${result.name}`);
  passed += report.numPassedTests;
  failed += report.numFailedTests + skipped + notLoaded.length;
}
if (passed === 0) failed += 1;
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed > 0 ? 1 : 0;
