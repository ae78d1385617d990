// The README's pictures, taken from the demo: `npm run screenshots`. So they show what is there, with the figures of a run.
// Needs Chromium at /usr/bin/chromium, and some three minutes, because the demo's regression takes two windows of a minute.

import { spawn } from 'node:child_process';
import { mkdir, stat } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';

const COLLECTOR = fileURLToPath(new URL('../../collector/bin/profiler.cjs', import.meta.url));
const PICTURES = fileURLToPath(new URL('../../packages/web/pictures/', import.meta.url));
const WAIT_MS_MAX = 280_000;
const PICTURE_BYTES_MAX = 300_000;
const LOOP_ROUTE = '/customers/:id/orders';

const demo = spawn(process.execPath, [COLLECTOR, 'demo', '--json', '--port', '0'], {
  stdio: ['ignore', 'pipe', 'pipe'],
});
const ended = new Promise((resolve) => demo.once('close', resolve));
const stop = () => demo.kill('SIGINT');
const tooLate = setTimeout(() => {
  console.error('the demo did not find everything in time');
  process.exitCode = 1;
  stop();
}, WAIT_MS_MAX);

try {
  const origin = await found();
  await take(origin);
} finally {
  clearTimeout(tooLate);
  stop();
  await ended;
}

/** Where the dashboard is, once the demo has found its N+1 and its regression. */
async function found() {
  let origin = '';
  createInterface({ input: demo.stderr }).on('line', (line) => {
    console.error(line);
    origin ||= /dashboard: (http:\/\/\S+)/.exec(line)?.[1] ?? '';
  });
  for await (const line of createInterface({ input: demo.stdout })) {
    console.error(line.slice(0, 160));
    const [regressions, findings] = await Promise.all([list(origin, 'regressions'), list(origin, 'findings')]);
    if (regressions.length > 0 && findings.some(({ type }) => type === 'n_plus_one')) return origin;
  }
  throw new Error('the demo ended early');
}

async function list(origin, name, query = '') {
  const answer = await fetch(`${origin}/api/v1/${name}${query}`);
  return (await answer.json()).items;
}

async function take(origin) {
  const [regression] = await list(origin, 'regressions');
  const loop = (await list(origin, 'findings')).find(({ type }) => type === 'n_plus_one');
  const endpoint = regression.endpoint.split(' ');
  const slow = await list(
    origin,
    'requests',
    `?nPlusOne=true&sort=slowest&limit=1&endpoint=${encodeURIComponent(LOOP_ROUTE)}`,
  );
  const trace = slow[0]?.traceId ?? loop.exampleTraceIds[0];
  const pages = {
    home: '/?since=1h',
    endpoint: `/endpoints/${[regression.service, ...endpoint].map(encodeURIComponent).join('/')}?since=1h`,
    trace: `/traces/${trace}`,
    finding: `/findings/${loop.key}`,
  };
  await mkdir(PICTURES, { recursive: true });
  const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--headless', '--no-sandbox'] });
  try {
    const context = await browser.newContext({
      baseURL: origin,
      viewport: { width: 1440, height: 900 },
      colorScheme: 'light',
      reducedMotion: 'reduce',
    });
    const page = await context.newPage();
    for (const [name, path] of Object.entries(pages)) {
      await page.goto(path);
      await page.locator('main :is(.table, .card, .waterfall)').first().waitFor();
      await page.waitForLoadState('networkidle');
      const file = `${PICTURES}${name}.png`;
      await page.screenshot({ path: file });
      const { size } = await stat(file);
      if (size > PICTURE_BYTES_MAX) throw new Error(`${name}.png has ${size} bytes, more than ${PICTURE_BYTES_MAX}`);
      console.error(`${name}.png  ${(size / 1000).toFixed(0)} kB`);
    }
  } finally {
    await browser.close();
  }
}
