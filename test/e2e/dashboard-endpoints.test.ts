// Home, an endpoint's page, regressions and services, as a person walks them after a deploy that went wrong: in Chromium,
// over the real collector, with one browser and one seeded store for all of it.

import { expect, it } from 'vitest';
import { keepScreenshot } from '../support/browser.ts';
import { eventually } from '../support/collector-process.ts';
import { dashboardForTests } from '../support/dashboard.ts';
import { faultsInEveryForm } from '../support/every-form.ts';
import { describeNeeding } from '../support/needs.ts';
import { clickFromHome } from '../support/one-click.ts';
import { GUILTY, HOSTILE, LOOP_TIMES, NEW_VERSION, OLD_VERSION, sendShopWeek } from '../support/shop-week.ts';
import { cellsOf, routesOf, rowOf } from '../support/shown-table.ts';

describeNeeding('chromium', 'the dashboard, endpoint by endpoint', () => {
  const dashboard = dashboardForTests(async (collector) => {
    await sendShopWeek(collector.url);
    const found = await eventually(
      () => collector.list<{ callSite: string }>('findings'),
      (findings) => findings.some(({ callSite }) => callSite.startsWith(GUILTY.callSite)),
    );
    expect(found.length).toBeGreaterThan(0);
    expect((await fetch(`${collector.url}/api/v1/compute`, { method: 'POST' })).status).toBe(200);
  });

  it('leads from home to the guilty line of the regressed endpoint with one click', async () => {
    const { verdict, clicks } = await clickFromHome(dashboard.url, GUILTY.endpoint);
    expect(clicks).toBe(1);
    expect(verdict).toMatch(
      new RegExp(
        `^regressed p95 is \\d\\.\\d times what it was before ${NEW_VERSION} \\(\\d+ ms, 1\\d\\d ms before\\): `,
      ),
    );
    expect(verdict).toContain(`${LOOP_TIMES} queries of ${GUILTY.query} a request, at ${GUILTY.callSite} (stockOf).`);
  });

  it('names it on home before any click, the worst first, and in the row of the endpoint', async () => {
    const { page, faults } = await dashboard.open();
    await page.goto('/');
    const worst = page.locator('.alert').first();
    await worst.getByText(`at ${GUILTY.callSite}`).waitFor();
    expect(await worst.textContent()).toMatch(/^▲ [\d.]+× since 1\.5\.0GET \/products/);
    await worst.getByRole('link', { name: GUILTY.endpoint }).click();
    await page.waitForURL('**/endpoints/shop/GET/%2Fproducts');
    await page.goBack();

    const products = rowOf(page, GUILTY.endpoint);
    for (const badge of [/since 1\.5\.0/, `N+1 ×${LOOP_TIMES}`])
      await products.getByRole('link', { name: badge }).waitFor();
    await rowOf(page, 'GET /reports').getByRole('link', { name: 'slow query' }).waitFor();
    await rowOf(page, 'GET /checkout').getByRole('link', { name: 'exception' }).waitFor();
    const cells = await cellsOf(rowOf(page, GUILTY.endpoint));
    expect(cells.p95).toMatch(/^3\d\d ms fast was 1\d\d ms$/);
    expect(cells.Trend).toMatch(/^from \d\d[\d.]* ms to \d+ ms, at most 898 ms$/);
    expect(await products.locator('.sparkline path').getAttribute('d')).toMatch(/^(M[\d. ]+(h2|(L[\d. ]+)+))+$/);
    expect(faults).toEqual([]);
  });

  it('asks for the list of endpoints once, with what every row shows', async () => {
    const { page } = await dashboard.open();
    const asked: string[] = [];
    page.on('request', (request) => asked.push(new URL(request.url()).pathname));
    await page.goto('/');
    await rowOf(page, GUILTY.endpoint).waitFor();
    await page.waitForLoadState('networkidle');
    const ofApi = asked.filter((path) => path.startsWith('/api/'));
    expect(ofApi.filter((path) => path === '/api/v1/endpoints')).toHaveLength(1);
    expect(ofApi.filter((path) => path.startsWith('/api/v1/endpoints/'))).toEqual([]);
    expect(new Set(ofApi).size).toBe(ofApi.length);
  });

  it('shows an endpoint on one screen: time, distribution, where it goes, queries with lines, versions, samples', async () => {
    const { page, faults } = await dashboard.open();
    await page.goto('/endpoints/shop/GET/%2Fproducts');
    for (const name of [/^Response time of GET \/products/, /^Requests a minute of GET \/products/]) {
      await page.getByRole('img', { name }).locator('canvas').waitFor();
    }
    const heatmap = page.getByRole('img', { name: /^Requests by response time.*most took \d+ ms to \d+ ms\.$/ });
    await heatmap.waitFor();
    const titles = await heatmap.locator('title').allTextContents();
    const counted = titles.map((title) => Number(/: (\d+) requests? took/.exec(title)![1]));
    expect(counted.reduce((sum, requests) => sum + requests, 0)).toBe(120);

    await page.locator('.breakdown').waitFor();
    const parts = Object.fromEntries(
      await page
        .locator('.breakdown > div')
        .evaluateAll((all) =>
          all.map((part) => [part.querySelector('dt')?.textContent, part.querySelector('dd')?.textContent]),
        ),
    );
    // 60 ms of queries before; 260 and an HTTP call of 20 since.
    expect(parts).toMatchObject({
      Database: expect.stringMatching(/^160 ms/),
      'Outgoing HTTP': expect.stringMatching(/^10 ms/),
    });

    const stock = page.getByRole('table', { name: /^Queries of/ }).locator('tbody tr', { hasText: 'FROM stock' });
    await stock.getByText(`${GUILTY.callSite} (stockOf)`).waitFor();
    expect(await cellsOf(stock)).toMatchObject({ Calls: '2,460', 'Per request': '41' });

    const versions = page.getByRole('table', { name: /by version$/ }).locator('tbody tr');
    expect(await versions.locator('th strong').allTextContents()).toEqual([NEW_VERSION, OLD_VERSION]);
    expect((await cellsOf(versions.first())).p95).toMatch(/▲ \d/);

    const shares = page.getByRole('table', { name: /^Attributes by/ }).locator('tbody tr');
    await shares.first().waitFor();
    expect(await shares.allTextContents()).toEqual(
      expect.arrayContaining([expect.stringMatching(/cloud\.region.*eu/)]),
    );
    for (const name of ['Slowest requests', 'Ordinary requests']) await page.getByRole('heading', { name }).waitFor();
    expect(await page.getByRole('heading', { name: 'Failed requests' }).count()).toBe(0);
    expect(faults).toEqual([]);

    await page.goto('/endpoints/shop/GET/%2Fcheckout');
    await page.getByRole('heading', { name: 'Failed requests' }).waitFor();
    const verdict = page.getByRole('region', { name: 'Verdict' });
    expect(await verdict.textContent()).toContain(`most with PaymentError: card declined ${HOSTILE.html.slice(0, 20)}`);
  });

  it('zooms by a brush into the address, and out again', async () => {
    const { page } = await dashboard.open();
    await page.goto('/endpoints/shop/GET/%2Fproducts?since=6h');
    const over = page.getByRole('img', { name: /^Response time of/ }).locator('.u-over');
    const box = (await over.boundingBox())!;
    await page.mouse.move(box.x + box.width * 0.5, box.y + 40);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width * 0.6, box.y + 50, { steps: 2 });
    // Neither a refresh that brings something new nor a hand that leaves the chart at its top loses the brush.
    await page.route(
      '**/api/v1/endpoints/series?*',
      async (route) => {
        const response = await route.fetch();
        await route.fulfill({ response, body: `${await response.text()} ` });
      },
      { times: 1 },
    );
    const refreshed = page.waitForResponse('**/api/v1/endpoints/series?*');
    await page.evaluate(`document.dispatchEvent(new Event('visibilitychange'))`);
    await (await refreshed).finished();
    await page.mouse.move(box.x + box.width * 0.75, box.y - 60, { steps: 4 });
    await page.mouse.up();
    await page.waitForURL(/since=\d{4}-/);
    const zoomed = new URL(page.url()).searchParams;
    const minutes = (Date.parse(zoomed.get('until')!) - Date.parse(zoomed.get('since')!)) / 60_000;
    expect(Math.abs(minutes - 90)).toBeLessThanOrEqual(3);
    expect(await page.getByLabel('Time').locator('option:checked').textContent()).toMatch(
      /^.*\d\d:\d\d to .*\d\d:\d\d$/,
    );

    const other = await dashboard.open();
    await other.page.goto(page.url());
    await other.page.locator('.range-note').waitFor();
    expect(await other.page.locator('.range-note strong').textContent()).toBe(
      await page.locator('.range-note strong').textContent(),
    );
    await page.getByRole('link', { name: 'Zoom out' }).click();
    await expect.poll(() => new URL(page.url()).searchParams.get('since')).not.toBe(zoomed.get('since'));
    await page.getByRole('link', { name: 'Last 24 hours' }).click();
    await page.waitForURL('**/endpoints/shop/GET/%2Fproducts');

    // By keyboard: a version leads to the half hours around its first request.
    await page
      .getByRole('table', { name: /by version$/ })
      .locator('a')
      .first()
      .press('Enter');
    await page.waitForURL(/since=.*until=/);
  });

  it('narrows by service and version from the header', async () => {
    const { page } = await dashboard.open();
    await page.goto('/');
    await rowOf(page, GUILTY.endpoint).waitFor();
    expect(await page.getByLabel('Version').count()).toBe(0);
    await page.getByLabel('Service').selectOption('shop');
    await page.getByLabel('Version').selectOption(OLD_VERSION);
    await page.waitForURL(/service=shop&version=1\.4\.2/);
    await expect.poll(() => routesOf(page)).toEqual(['/products', '/health']);
    await page.getByLabel('Service').selectOption('plain');
    await page.waitForURL((url) => url.search === '?service=plain');
  });

  it('explains a regression: what changed with it, what the rules say now, and the endpoint around that time', async () => {
    const { page, faults } = await dashboard.open();
    await page.goto('/regressions');
    const products = rowOf(page, GUILTY.endpoint);
    await products.getByText('What changed with it').click();
    const evidence = products.locator('.evidence');
    expect(await evidence.textContent()).toContain(GUILTY.query);
    const queries = evidence.locator('.facts div', { hasText: 'Queries a request' });
    expect(await queries.locator('dd').textContent()).toBe('1 → 42');
    await products.getByText('What the rules say of it now').click();
    await products.locator('.why-list li', { hasText: 'ratio, response time' }).waitFor();
    await keepScreenshot(page, 'regressions-open-1440');
    await products.getByRole('link', { name: GUILTY.endpoint }).click();
    await page.waitForURL(/endpoints\/shop\/GET\/%2Fproducts\?since=\d{4}/);
    await page.getByRole('region', { name: 'Verdict' }).getByText('regressed').waitFor();

    // Of one that did not regress it is said why not.
    await page.goto('/endpoints/shop/GET/%2Fhealth');
    await page.getByText('Why no regression is told').click();
    await page.locator('.why-list li', { hasText: 'not more than the factor of 2' }).waitFor();
    expect(faults).toEqual([]);
  });

  it('lists services: versions newest first, environments, and who writes their numbers', async () => {
    const { page, faults } = await dashboard.open();
    await page.goto('/services');
    const shop = page.locator('tbody tr').filter({ has: page.getByRole('link', { name: 'shop', exact: true }) });
    await shop.getByText('@profiler/register').waitFor();
    expect(await shop.locator('.version').allTextContents()).toEqual([NEW_VERSION, OLD_VERSION]);
    await page.locator('tbody tr', { hasText: 'plain OpenTelemetry' }).getByRole('link', { name: 'plain' }).waitFor();
    await shop.getByRole('link', { name: OLD_VERSION }).click();
    await page.waitForURL('**/?service=shop&version=1.4.2');
    expect(faults).toEqual([]);
  });

  it('says that an endpoint had no request in the range, and what to do', async () => {
    const { page } = await dashboard.open();
    await page.goto('/endpoints/shop/GET/%2Fnowhere');
    await page.getByRole('heading', { name: 'No request to this endpoint in this time range' }).waitFor();
    expect(await faultsInEveryForm(page, 'endpoint-empty')).toEqual([]);
  });

  const HOSTILE_PAGES = [HOSTILE.html, HOSTILE.rtl, HOSTILE.long].map(
    (route) => `/endpoints/${[HOSTILE.html, 'GET', route.slice(0, 256)].map(encodeURIComponent).join('/')}`,
  );

  it('shows text from spans as text, and keeps the layout, wide and narrow', async () => {
    for (const width of [1440, 390]) {
      const { page, faults } = await dashboard.open({ width });
      for (const path of width === 390 ? ['/', '/services', ...HOSTILE_PAGES] : ['/', HOSTILE_PAGES[2]!]) {
        await page.goto(path);
        await page.locator('main .table').first().waitFor();
        if (path.startsWith('/endpoints')) await page.locator('.verdict pre').waitFor();
        expect(await page.locator('img[src="x"], main script').count(), path).toBe(0);
        const beyond = await page.evaluate('document.documentElement.scrollWidth - innerWidth');
        expect(beyond, `${path} at ${width} is wider than the window`).toBeLessThanOrEqual(0);
      }
      const shown = await page.locator('main').textContent();
      expect(shown).toContain(HOSTILE.html);
      expect(shown).toContain('z'.repeat(1000));
      expect(faults).toEqual([]);
    }
  });

  const PAGES = {
    'home-deploy': '/',
    'endpoint-deploy': '/endpoints/shop/GET/%2Fproducts?since=6h',
    'regressions-deploy': '/regressions',
    services: '/services',
  };

  it.each(Object.entries(PAGES))('is legible and operable for everyone: %s', async (name, path) => {
    const { page, faults } = await dashboard.open();
    await page.goto(path);
    await page.locator('.table').first().waitFor();
    if (name === 'endpoint-deploy') {
      for (const part of ['.verdict pre', '.heatmap svg', '.breakdown', '.shares', 'canvas']) {
        await page.locator(part).first().waitFor();
      }
    }
    expect(await faultsInEveryForm(page, name)).toEqual([]);
    expect(faults).toEqual([]);
  });
});
