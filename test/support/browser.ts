// Headless Chromium for the dashboard's tests: what a page does wrong on its own (an error in the console, a refused
// script, a request to another host) is collected, whatever the test looks at.

import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { type Browser, chromium, type Page } from 'playwright-core';

const ARGUMENTS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

export type Scheme = 'light' | 'dark';

export interface OpenedPage {
  readonly page: Page;
  /** Errors of the console and the page, and requests to any other origin, in words. */
  readonly faults: string[];
  readonly close: () => Promise<void>;
}

export function launchBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath: '/usr/bin/chromium', args: ARGUMENTS });
}

/** A browser window of its own, without anything from another. `origin` is where the dashboard is. */
export async function openPage(
  browser: Browser,
  origin: string,
  { width = 1440, scheme = 'light' }: { width?: number; scheme?: Scheme } = {},
): Promise<OpenedPage> {
  const context = await browser.newContext({
    baseURL: origin,
    viewport: { width, height: 900 },
    colorScheme: scheme,
    reducedMotion: 'reduce',
    permissions: ['clipboard-read', 'clipboard-write'],
  });
  const page = await context.newPage();
  page.setDefaultTimeout(30_000);
  const faults: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') faults.push(`console: ${message.text()}`);
  });
  page.on('pageerror', (error) => faults.push(`page: ${error.message}`));
  page.on('dialog', (dialog) => {
    faults.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on('request', (request) => {
    if (new URL(request.url()).origin !== origin) faults.push(`request to ${request.url()}`);
  });
  return { page, faults, close: () => context.close() };
}

/** `test/output/dashboard/NAME.png`, the whole page. */
export async function keepScreenshot(page: Page, name: string): Promise<void> {
  const path = fileURLToPath(new URL(`../output/dashboard/${name}.png`, import.meta.url));
  await page.screenshot({ path, fullPage: true });
}

interface AxeResults {
  readonly violations: readonly {
    readonly id: string;
    readonly impact: string | null;
    readonly help: string;
    readonly nodes: readonly { readonly target: readonly unknown[]; readonly failureSummary?: string }[];
  }[];
}

let axeSource: Promise<string> | undefined;

/** What axe finds serious or critical, a line each: rule, element, what is wrong with it. */
export async function seriousViolations(page: Page): Promise<string[]> {
  axeSource ??= readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
  // Evaluated, not added as a script: the page's own policy refuses that, and is not to be loosened for a test.
  await page.evaluate(await axeSource);
  const results = (await page.evaluate(
    `axe.run(document, { resultTypes: ['violations'], elementRef: false,
      runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] })`,
  )) as AxeResults;
  return results.violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.target.join(' ')}: ${node.failureSummary ?? ''}`));
}
