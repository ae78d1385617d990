import { expect } from 'vitest';
import { launchBrowser, openPage } from './browser.ts';

/**
 * From the dashboard's home to the line of an endpoint that regressed: the text of its verdict, and how many clicks the page
 * counted on the way.
 */
export async function clickFromHome(
  origin: string,
  endpoint: string,
): Promise<{ readonly verdict: string; readonly clicks: number }> {
  const browser = await launchBrowser();
  try {
    const { page, faults } = await openPage(browser, origin);
    await page.addInitScript(
      `addEventListener('click', () => sessionStorage.setItem('clicks', String(Number(sessionStorage.clicks ?? 0) + 1)), true)`,
    );
    await page.goto('/');
    await page.locator('tbody').getByRole('link', { name: endpoint, exact: true }).click();
    const verdict = page.getByRole('region', { name: 'Verdict' });
    await verdict.locator('.call-site').waitFor({ timeout: 30_000 });
    expect(faults).toEqual([]);
    return {
      verdict: (await verdict.textContent()) ?? '',
      clicks: Number(await page.evaluate('sessionStorage.clicks')),
    };
  } finally {
    await browser.close();
  }
}
