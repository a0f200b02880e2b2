/** Chromium for tests and pictures: notes everything that a page must not do. */
import { type Browser, chromium, type Page } from 'playwright-core';
import { findChromium } from './needs.ts';

const LOOPBACK = /^(?:https?|wss?):\/\/(?:127\.0\.0\.1|localhost)(?::\d+)?(?:\/|$)|^(?:data|blob|about):/;

export interface Watched {
  readonly page: Page;
  /** Errors on the console, uncaught errors, dialogs, requests that leave this machine or fail. */
  readonly faults: readonly string[];
}

export interface PageOptions {
  readonly width: number;
  readonly height: number;
  readonly theme: 'dark' | 'light';
  /** Pixels of a picture per CSS pixel; 1 when left out. */
  readonly scale?: number;
}

/** Starts the system's Chromium. Throws when there is none. */
export async function openBrowser(): Promise<Browser> {
  const executablePath = findChromium();
  if (executablePath === null) throw new Error('chromium is not here');
  return chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu', '--lang=en-US'] });
}

/** A page of its own, in a context of its own. */
export async function openPage(
  browser: Browser,
  { width, height, theme, scale = 1 }: PageOptions,
): Promise<Watched> {
  const context = await browser.newContext({
    viewport: { width, height },
    deviceScaleFactor: scale,
    colorScheme: theme,
    locale: 'en-US',
    reducedMotion: 'reduce',
  });
  const page = await context.newPage();
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
    if (!LOOPBACK.test(request.url())) faults.push(`left the machine: ${request.url()}`);
  });
  return { page, faults };
}

/** Elements that reach over the right or left edge of the viewport, and by how much the page scrolls sideways. */
export async function findOverflow(page: Page): Promise<string[]> {
  return page.evaluate<string[]>(OVERFLOW);
}

/** Runs in the page; text, so that these sources need no types of the browser. */
const OVERFLOW = `(() => {
  const width = document.documentElement.clientWidth;
  const found = [];
  const scrolls = document.documentElement.scrollWidth - width;
  if (scrolls > 0) found.push('the page is ' + scrolls + ' px too wide');
  for (const element of document.body.querySelectorAll('*')) {
    const { left, right, width: own } = element.getBoundingClientRect();
    const isAway = element.closest('.away, [hidden], svg *') !== null;
    if (own > 0 && !isAway && (right > width + 1 || left < -1))
      found.push(element.tagName + '.' + element.className + ' from ' + left + ' to ' + right + ' of ' + width);
  }
  return found;
})()`;
