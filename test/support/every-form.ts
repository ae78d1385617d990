// What every page of the dashboard is held to, in each form in which a person may see it: both colour schemes, wide and
// narrow. The page is loaded once; its window and its scheme change under it, as a person's do.

import type { Page } from 'playwright-core';
import { keepScreenshot, type Scheme, seriousViolations } from './browser.ts';

const FORMS: readonly (readonly [widthPx: number, scheme: Scheme])[] = [
  [1440, 'light'],
  [1440, 'dark'],
  [390, 'dark'],
  [390, 'light'],
];
const HEIGHT_PX = 900;
const TARGET_PX_MIN = 24;

/** What is wrong with the page as it stands, a line each. Leaves a picture of each form, `NAME-WIDTH-SCHEME.png`. */
export async function faultsInEveryForm(page: Page, name: string): Promise<string[]> {
  const faults: string[] = [];
  for (const [width, colorScheme] of FORMS) {
    await page.setViewportSize({ width, height: HEIGHT_PX });
    await page.emulateMedia({ colorScheme });
    await drawn(page);
    await keepScreenshot(page, `${name}-${width}-${colorScheme}`);
    const found = [...(await seriousViolations(page)), ...(await smallTargets(page)), ...(await beyondWindow(page))];
    faults.push(...found.map((fault) => `${name} at ${width} px, ${colorScheme}: ${fault}`));
  }
  return faults;
}

/** A chart draws anew when its width or its scheme has changed, in a frame after that. */
const drawn = (page: Page) =>
  page.evaluate('new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)))');

async function beyondWindow(page: Page): Promise<string[]> {
  const beyond = Number(await page.evaluate('document.documentElement.scrollWidth - innerWidth'));
  return beyond > 0 ? [`${beyond} px wider than the window`] : [];
}

/** Links and buttons that a finger misses. */
function smallTargets(page: Page): Promise<string[]> {
  return page
    .locator(':is(main, header, dialog[open]) :is(a, button, select, summary):visible')
    .evaluateAll((all, least) => {
      return all.flatMap((element) => {
        const { width, height } = element.getBoundingClientRect();
        return width < least || height < least ? [`${element.textContent} is ${width} × ${height} px`] : [];
      });
    }, TARGET_PX_MIN);
}
