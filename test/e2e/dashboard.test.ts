// The dashboard as a person opens it: the built pages, served by the real collector, in Chromium. Spans come by OTLP from
// a plain SDK's shape, so nothing here depends on our own span processor.

import { gzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { keepScreenshot } from '../support/browser.ts';
import { dashboardForTests } from '../support/dashboard.ts';
import { faultsInEveryForm } from '../support/every-form.ts';
import { describeNeeding } from '../support/needs.ts';
import { ITEMS_QUERY, LOOP_TIMES, QUICK_TIMES, shopRequests, times } from '../support/searched-shop.ts';
import { cellsOf, routesOf, rowOf } from '../support/shown-table.ts';
import { entry, group, request, send, spanId, traceId } from '../support/trace-builder.ts';

const SCRIPT_BYTES_MAX = 90_000;
const HOSTILE = '<img src=x onerror="alert(1)"><script>alert(2)</script>';
const WAIT_MS = 20_000;
/** What runs in the page knows the page's own globals. */
declare function getComputedStyle(element: unknown): { readonly color: string; readonly outlineStyle: string };

describeNeeding('chromium', 'the dashboard', () => {
  const dashboard = dashboardForTests();

  it('names the cause of an empty page and the line to copy, and fills by itself when spans come', async () => {
    const { page, faults } = await dashboard.open();
    await page.goto('/');
    await page.getByRole('heading', { name: 'Waiting for the first span' }).waitFor();
    expect(await page.locator('.copy code').first().textContent()).toBe(
      `OTEL_EXPORTER_OTLP_ENDPOINT=${dashboard.url} node --import @profiler/register app.js`,
    );
    const faultsWhileEmpty = await faultsInEveryForm(page, 'empty');

    await seed(dashboard.url);
    await rowOf(page, 'GET /orders').waitFor({ timeout: WAIT_MS });
    // At once, so that the hour does not end between the spans and the comparison of its two last windows.
    expect((await fetch(`${dashboard.url}/api/v1/compute`, { method: 'POST' })).status).toBe(200);
    expect(faultsWhileEmpty).toEqual([]);
    expect(faults).toEqual([]);
  });

  it('lists endpoints, the costliest first, with what is wrong in their rows', async () => {
    const { page, faults } = await dashboard.open();
    await page.goto('/');
    const orders = rowOf(page, 'GET /orders');
    await orders.getByRole('link', { name: `N+1 ×${LOOP_TIMES}` }).waitFor({ timeout: WAIT_MS });
    expect(await routesOf(page)).toEqual([
      '/slower',
      '/reports',
      '/orders',
      '/checkout',
      '/orders/{id}',
      '/invoices',
      HOSTILE,
    ]);
    expect(await cellsOf(rowOf(page, 'GET /reports'))).toMatchObject({
      Requests: '3',
      p95: expect.stringMatching(/^1\.\d+ s slow$/),
    });
    expect(await cellsOf(rowOf(page, 'GET /orders'))).toMatchObject({
      p95: expect.stringMatching(/medium$/),
      Queries: `${LOOP_TIMES + 1}`,
    });
    expect(await cellsOf(rowOf(page, 'GET /orders/{id}'))).toMatchObject({
      Requests: `${QUICK_TIMES}`,
      p95: expect.stringMatching(/fast$/),
    });
    expect(await cellsOf(rowOf(page, 'POST /checkout'))).toMatchObject({ Errors: '50 %' });

    await page.getByRole('link', { name: 'Requests' }).last().click();
    await page.waitForURL(/sort=requests/);
    await expect.poll(async () => (await routesOf(page))[0]).toBe('/orders/{id}');
    expect(faults).toEqual([]);
  });

  it('colours response times as the seed did, and never by colour alone', async () => {
    const { page } = await dashboard.open();
    const colours = new Set<string>();
    for (const [path, word] of [
      ['/reports', 'slow'],
      ['/orders', 'medium'],
      ['/orders/17', 'fast'],
    ]) {
      await page.goto(`/requests?q=${encodeURIComponent(path!)}&sort=slowest`);
      const time = rowOf(page, `GET ${path}`).first().locator('.pace');
      expect(await time.textContent()).toMatch(new RegExp(`m?s ${word}$`));
      expect(await time.locator('svg path').count()).toBe(1);
      colours.add(await time.evaluate((element) => getComputedStyle(element).color));
    }
    expect(colours.size).toBe(3);
  });

  it('filters requests, keeps the filters in the address, and opens the same list from it', async () => {
    const { page, faults } = await dashboard.open();
    await page.goto('/requests');
    await page.locator('tbody tr').first().waitFor();

    await page.getByLabel('Method').selectOption('POST');
    await page.getByLabel('Status').selectOption('5xx');
    await page.getByLabel('Exception').selectOption('true');
    await page.waitForURL((url) => url.search === '?exception=true&method=POST&status=5xx');
    await expect.poll(() => routesOf(page)).toEqual(['/checkout', '/checkout']);
    await page.getByText('PaymentError').first().waitFor();

    const other = await dashboard.open();
    await other.page.goto(page.url());
    await other.page.locator('tbody tr').first().waitFor();
    expect(await routesOf(other.page)).toEqual(['/checkout', '/checkout']);
    expect(await other.page.getByLabel('Status').inputValue()).toBe('5xx');

    await page.goBack();
    await page.waitForURL((url) => url.search === '?method=POST&status=5xx');
    expect(await page.getByLabel('Exception').inputValue()).toBe('');

    for (const [search, expected] of [
      ['slow=true', ['/reports']],
      ['nPlusOne=true', ['/orders']],
      ['service=billing', ['/invoices']],
      ['method=POST', ['/checkout']],
      ['status=404', ['/invoices']],
    ] as const) {
      await page.goto(`/requests?${search}`);
      await page.locator('tbody tr').first().waitFor();
      expect(new Set(await routesOf(page)), search).toEqual(new Set(expected));
    }
    expect(faults).toEqual([]);
  });

  it('narrows every page by the service chosen in the header', async () => {
    const { page } = await dashboard.open();
    await page.goto('/');
    await page.locator('tbody tr').first().waitFor();
    await page.getByLabel('Service').selectOption('billing');
    await expect.poll(() => routesOf(page)).toEqual(['/invoices']);
    await page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name: 'Requests' }).click();
    await page.waitForURL('**/requests?service=billing');
    await expect.poll(async () => new Set(await routesOf(page))).toEqual(new Set(['/invoices']));
  });

  it('searches while one types, and says so when nothing matches', async () => {
    const { page } = await dashboard.open();
    await page.goto('/requests');
    const search = page.getByRole('searchbox', { name: 'Search' });
    await search.fill('/orders/17');
    await page.waitForURL(/q=%2Forders%2F17/);
    await expect.poll(() => routesOf(page)).toEqual(['/orders/17']);
    await search.fill('card declined');
    await expect.poll(() => routesOf(page)).toEqual(['/checkout', '/checkout']);
    await search.fill('nowhere to be found');
    await page.getByText('Nothing in this time range matches q = nowhere to be found').waitFor();
    await page.getByRole('link', { name: 'Clear the filters' }).click();
    await expect.poll(async () => (await routesOf(page)).length).toBe(50);
    expect(await search.inputValue()).toBe('');
  });

  it('pages on by cursor, without a row twice or left out, and back', async () => {
    const { page } = await dashboard.open();
    await page.goto('/requests?q=%2Forders%2F');
    await page.getByRole('link', { name: 'Next 50' }).click();
    await page.waitForURL(/cursor=/);
    await expect.poll(async () => (await routesOf(page)).length).toBe(QUICK_TIMES - 50);
    const second = await routesOf(page);
    await page.getByRole('link', { name: 'Back to the first' }).click();
    await expect.poll(async () => (await routesOf(page)).length).toBe(50);
    expect(new Set([...(await routesOf(page)), ...second]).size).toBe(QUICK_TIMES);
  });

  it('shows a finding with its query and examples, and keeps what a person decides', async () => {
    const { page, faults } = await dashboard.open();
    await page.goto('/findings?type=n_plus_one');
    const card = page.getByRole('article', { name: /N\+1 query GET \/orders/ });
    await card.waitFor();
    expect(await card.locator('pre').textContent()).toBe(ITEMS_QUERY);
    expect(await card.textContent()).toContain(`${LOOP_TIMES} at most`);

    await card.getByLabel('State').selectOption('ignored');
    await page.getByRole('status').filter({ hasText: 'GET /orders is now ignored' }).waitFor();
    await card.waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Undo' }).click();
    await card.waitFor();
    await card.getByLabel('State').selectOption('acknowledged');
    await page.getByRole('status').filter({ hasText: 'is now acknowledged' }).waitFor();
    await page.reload();
    await expect.poll(() => card.getByLabel('State').inputValue()).toBe('acknowledged');

    await card
      .getByRole('link', { name: /^Trace / })
      .first()
      .click();
    await page.waitForURL(/\/traces\/[0-9a-f]{32}/);
    await page.getByRole('heading', { name: 'Spans' }).waitFor();
    expect(faults).toEqual([]);
  });

  it('draws a trace as a tree, its loop folded and marked, with query, attributes and exception', async () => {
    const { page, faults } = await dashboard.open();
    await page.goto(`/traces/${traceId('orders', 0)}`);
    const waterfall = page.locator('.waterfall');
    const query = waterfall.locator('.span', { hasText: 'SELECT postgresql' }).filter({ hasText: 'N+1' });
    await query.waitFor();
    expect(await waterfall.locator('.span').count()).toBe(4);
    expect(await query.getByRole('button', { name: `×${LOOP_TIMES}` }).count()).toBe(1);

    await query.getByRole('button', { name: 'SELECT postgresql' }).click();
    expect(await waterfall.locator('.span-details pre').textContent()).toBe(ITEMS_QUERY);
    expect(await waterfall.locator('.span-details').textContent()).toContain('db.namespace');
    await keepScreenshot(page, 'trace-details-1440');

    await waterfall
      .locator('.span', { hasText: 'loadItems' })
      .getByRole('button', { name: `×${LOOP_TIMES}` })
      .click();
    await expect.poll(() => waterfall.locator('.span', { hasText: 'loadItems' }).count()).toBe(LOOP_TIMES + 1);

    await page.goto(`/traces/${traceId('checkout', 0)}`);
    await page.locator('.waterfall .span-open', { hasText: 'POST /checkout' }).click();
    const stack = page.locator('.stack');
    expect(await stack.locator('h3').textContent()).toBe('PaymentError: card declined');
    expect(await stack.locator('pre').textContent()).toContain('at pay (src/checkout.ts:12:5)');
    expect(faults).toEqual([]);
  });

  it('opens the chosen span from a link', async () => {
    const { page } = await dashboard.open();
    const chosen = spanId('orders', 0, 2 + 2 * 7);
    await page.goto(`/traces/${traceId('orders', 0)}?span=${chosen}`);
    await page.locator('.span-details', { hasText: chosen }).waitFor();
  });

  it('shows an endpoint with its chart, versions, queries and slowest requests', async () => {
    const { page, faults } = await dashboard.open();
    await page.goto('/');
    await rowOf(page, 'GET /orders').getByRole('link', { name: 'GET /orders' }).click();
    await page.waitForURL('**/endpoints/shop/GET/%2Forders');
    await page
      .getByRole('img', { name: /^Response time of GET \/orders/ })
      .locator('canvas')
      .waitFor();
    for (const name of ['Versions', 'Queries', 'Slowest requests']) await page.getByRole('heading', { name }).waitFor();
    expect(await page.getByRole('table', { name: /by version/ }).textContent()).toContain('1.4.2');
    expect(faults).toEqual([]);
  });

  it('lists what regressed, and in which version', async () => {
    const { page } = await dashboard.open();
    await page.goto('/regressions');
    const slower = rowOf(page, 'GET /slower');
    await slower.waitFor();
    expect(await slower.textContent()).toMatch(/firing.*4\.0×.*100 ms → 400 ms/);
    await page.goto('/');
    await rowOf(page, 'GET /slower').getByRole('link', { name: '4.0× since 2.0.0' }).waitFor();
  });

  it('shows text from spans as text', async () => {
    const { page, faults } = await dashboard.open();
    await page.goto('/');
    await rowOf(page, HOSTILE).waitFor();
    for (const path of ['/requests?service=hostile', `/traces/${traceId('hostile', 0)}`]) {
      await page.goto(path);
      await page.getByText(HOSTILE).first().waitFor();
      expect(await page.locator('img[src="x"], main script').count()).toBe(0);
    }
    expect(faults).toEqual([]);
  });

  it('keeps what it shows while the collector is away, and goes on when it is back', async () => {
    const { page } = await dashboard.open();
    await page.goto('/');
    await rowOf(page, 'GET /orders').waitFor();
    await dashboard.whileAway(async () => {
      await page.getByText('The collector does not answer').waitFor();
      expect(await rowOf(page, 'GET /orders').count()).toBe(1);
      await page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name: 'Findings' }).click();
      await page.getByRole('heading', { name: 'The collector does not answer' }).waitFor();
      expect(await faultsInEveryForm(page, 'away')).toEqual([]);
    });
    await page.getByRole('article', { name: /N\+1 query GET \/orders/ }).waitFor({ timeout: WAIT_MS });
    await page.getByText('The collector does not answer').waitFor({ state: 'detached' });
  });

  it('says what is wrong with an address, and which pages there are', async () => {
    const { page } = await dashboard.open();
    await page.goto('/requests?since=yesterday');
    await page.getByRole('heading', { name: 'The collector could not answer' }).waitFor();
    expect(await page.getByRole('alert').textContent()).toContain('since: ');
    expect(await faultsInEveryForm(page, 'wrong-address')).toEqual([]);
    await page.goto('/nowhere');
    await page.getByRole('heading', { name: 'No such page' }).waitFor();
    expect(await faultsInEveryForm(page, 'missing')).toEqual([]);
    await page.goto(`/traces/${'0'.repeat(31)}1`);
    await page.getByRole('heading', { name: 'Not found' }).waitFor();
  });

  it(`loads at most ${SCRIPT_BYTES_MAX / 1000} kB of script, gzipped, under a policy that allows only its own`, async () => {
    const { page, faults } = await dashboard.open();
    const scripts: Promise<number>[] = [];
    page.on('response', (response) => {
      if (response.request().resourceType() === 'script')
        scripts.push(response.body().then((body) => gzipSync(body).length));
    });
    const answer = await page.goto('/');
    await page.locator('tbody tr').first().waitFor();
    const bytes = (await Promise.all(scripts)).reduce((sum, length) => sum + length, 0);
    expect(bytes).toBeGreaterThan(5_000);
    expect(bytes).toBeLessThanOrEqual(SCRIPT_BYTES_MAX);

    expect(answer?.headers()['content-security-policy']).toMatch(/default-src 'self'/);
    expect(answer?.headers()['content-security-policy']).not.toMatch(/unsafe|\*|https?:/);
    expect(await page.locator('style, script:not([src]), [onclick]').count()).toBe(0);
    expect(faults).toEqual([]);
  });

  const PAGES = {
    endpoints: ['/', '.table'],
    requests: ['/requests', '.table'],
    findings: ['/findings?state=every', '.card'],
    regressions: ['/regressions', '.table'],
    endpoint: ['/endpoints/shop/GET/%2Forders', '.breakdown'],
    trace: [`/traces/${traceId('orders', 0)}`, '.waterfall'],
  } as const;

  it.each(Object.entries(PAGES))('is legible and operable for everyone: %s', async (name, [path, shown]) => {
    const { page, faults } = await dashboard.open();
    await page.goto(path);
    await page.locator(shown).first().waitFor();
    expect(await faultsInEveryForm(page, name)).toEqual([]);
    expect(faults).toEqual([]);
  });

  it('is driven by the keyboard alone', async () => {
    const { page } = await dashboard.open();
    await page.goto('/');
    await page.locator('tbody tr').first().waitFor();
    await page.keyboard.press('Tab');
    expect(await page.evaluate('document.activeElement.textContent')).toBe('Skip to the page');
    await page.keyboard.press('Enter');
    await page.keyboard.press('Tab');
    const focused = page.locator(':focus-visible');
    expect(await focused.evaluate((element) => getComputedStyle(element).outlineStyle)).toBe('solid');
    expect(await page.locator('main').filter({ has: focused }).count()).toBe(1);
  });
});

/** The shop, a service that regressed, another one, and one whose texts are hostile. */
async function seed(origin: string): Promise<void> {
  const nowMs = Date.now();
  const hourMs = 3_600_000;
  const windowEndMs = Math.floor(nowMs / hourMs) * hourMs;
  const slower = (number: number, startMs: number, durationMs: number) =>
    request('slower', number, startMs, [entry('GET', '/slower', '/slower', 200, durationMs)]);
  await send(origin, [
    group('shop', '1.4.2', shopRequests(nowMs)),
    group(
      'shop',
      '1.9.0',
      times(25, (number) => slower(number, windowEndMs - 1.5 * hourMs + number * 1000, 100)),
    ),
    group(
      'shop',
      '2.0.0',
      times(25, (number) => slower(100 + number, windowEndMs - 0.5 * hourMs + number * 1000, 400)),
    ),
    group(
      'billing',
      '3.1.0',
      times(2, (number) =>
        request('invoices', number, nowMs - (400 + number) * 1000, [
          entry('GET', '/invoices', '/invoices', number ? 200 : 404, 20),
        ]),
      ),
    ),
    group(
      'hostile',
      HOSTILE,
      request('hostile', 0, nowMs - 10_000, [
        {
          ...entry('', HOSTILE, `/${HOSTILE}`, 500, 8),
          name: HOSTILE,
          exception: [HOSTILE, HOSTILE, HOSTILE],
        },
      ]),
    ),
  ]);
}
