import type { Locator, Page } from 'playwright-core';

/** The row of an endpoint, by the link that is its name. */
export const rowOf = (page: Page, endpoint: string): Locator =>
  page.locator('tbody tr').filter({ has: page.getByRole('link', { name: endpoint, exact: true }) });

/** Routes, or paths of requests, from the first row to the last. */
export const routesOf = (page: Page): Promise<string[]> => page.locator('tbody .route').allTextContents();

/** The figures of a row, by the titles of their columns. */
export async function cellsOf(row: Locator): Promise<Record<string, string>> {
  const pairs = await row
    .locator('td')
    .evaluateAll((all) => all.map((cell) => [cell.getAttribute('data-title') ?? '', cell.textContent?.trim() ?? '']));
  return Object.fromEntries(pairs);
}
