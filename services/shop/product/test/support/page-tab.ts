import axe from 'axe-core';
import { Browser, type BrowserPage, type BrowserWindow } from 'happy-dom';
import { expect, onTestFinished, vi } from 'vitest';

const WAIT = { timeout: 10_000, interval: 20 };

/** One tab that runs the real page. */
export class PageTab {
  private readonly page: BrowserPage;
  private readonly faults: unknown[] = [];

  private constructor(browser: Browser) {
    this.page = browser.newPage();
  }

  /** Opens an address in a new tab; the test fails if the page has a fault of its own. */
  static async open(url: string): Promise<PageTab> {
    const browser = new Browser({
      settings: {
        enableJavaScriptEvaluation: true,
        // What runs is this repository's own page.
        suppressInsecureJavaScriptEnvironmentWarning: true,
        navigation: {
          beforeContentCallback: (window) => {
            Object.assign(window, { reportError: (fault: unknown) => tab.faults.push(fault) });
          },
        },
      },
    });
    const tab = new PageTab(browser);
    onTestFinished(async () => {
      await browser.waitUntilComplete();
      await browser.close();
      expect(tab.faults).toEqual([]);
    });
    await tab.page.goto(url);
    return tab;
  }

  /** The window of the page. */
  get window(): BrowserWindow {
    return this.page.mainFrame.window;
  }

  /** The element for a selector. */
  find(selector: string) {
    const element = this.window.document.querySelector(selector);
    if (!element) throw new Error(`There is no ${selector}`);
    return element as InstanceType<BrowserWindow['HTMLElement']>;
  }

  /** What a person sees of an element. */
  text(selector = 'body'): string {
    return textOf(this.find(selector)).trim();
  }

  /** Waits until an element, or the whole page, shows a text. */
  async shows(text: string, selector = 'body'): Promise<void> {
    await vi.waitFor(() => expect(this.text(selector)).toContain(text), WAIT);
  }

  /** Goes to a view of the page. */
  go(hash: string): void {
    this.window.location.hash = hash;
  }

  /** Clicks an element that is shown. */
  click(selector: string): void {
    const element = this.find(selector);
    expect(element.closest('[hidden]'), `${selector} is hidden`).toBeNull();
    element.click();
  }

  /** Writes into fields, by their ids. */
  write(values: Readonly<Record<string, string>>): void {
    for (const [id, value] of Object.entries(values)) Reflect.set(this.find(`#${id}`), 'value', value);
  }

  /** The accessibility rules that the page breaks. */
  async accessibilityFaults(): Promise<string[]> {
    this.window.eval(axe.source);
    const run: typeof axe.run = Reflect.get(this.window, 'axe').run;
    // Colours need a real browser, which computes styles and layout.
    const options = { rules: { 'color-contrast': { enabled: false }, 'target-size': { enabled: false } } };
    const { violations, passes } = await run(options);
    expect(passes.length).toBeGreaterThan(10);
    return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`);
  }
}

function textOf(element: InstanceType<BrowserWindow['HTMLElement']>): string {
  if (element.hidden || element.closest('[hidden]')) return '';
  return [...element.childNodes]
    .map((node) => (node.nodeType === 1 ? textOf(node as typeof element) : (node.textContent ?? '')))
    .join(' ')
    .replace(/\s+/g, ' ');
}
