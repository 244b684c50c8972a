import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import axe from 'axe-core';
import {
  Browser,
  type BrowserPage,
  type BrowserWindow,
  type File as PageFile,
  type Request as PageRequest,
} from 'happy-dom';
import { expect, vi } from 'vitest';
import { withSiteFiles } from '../../lib/serverless-api/site-files';

/** The page's files as they are deployed. */
export function readSiteFiles(): Map<string, Buffer> {
  return withSiteFiles(
    (folder) => new Map(readdirSync(folder).map((name) => [name, readFileSync(join(folder, name))])),
  );
}

/** One tab that runs the real page. Its timers run a hundred times as fast. */
export class PageTab {
  private readonly browser: Browser;
  private readonly page: BrowserPage;
  private readonly faults: unknown[] = [];

  constructor() {
    let storage: BrowserWindow['sessionStorage'] | undefined;
    this.browser = new Browser({
      settings: {
        enableJavaScriptEvaluation: true,
        // What runs is this repository's own page.
        suppressInsecureJavaScriptEnvironmentWarning: true,
        fetch: {
          interceptor: {
            beforeAsyncRequest: async ({ request, window }) => askWhetherChanged(request, window),
          },
        },
        navigation: {
          beforeContentCallback: (window) => {
            // A tab keeps it across its pages; happy-dom makes a new one for each.
            storage ??= window.sessionStorage;
            Object.defineProperty(window, 'sessionStorage', { value: storage });
            Object.assign(window, { reportError: (fault: unknown) => this.faults.push(fault) });
            const { setTimeout } = window;
            window.setTimeout = (run, delay = 0, ...rest) =>
              setTimeout.call(window, run, delay / 100, ...rest);
          },
        },
      },
    });
    this.page = this.browser.newPage();
  }

  /** Opens an address, without waiting for what the page does then. */
  async open(url: string): Promise<void> {
    await this.page.goto(url);
  }

  /** Ends everything in the tab; fails if the page had a fault of its own. */
  async close(): Promise<void> {
    const faults = [...this.faults];
    await this.browser.close();
    expect(faults).toEqual([]);
  }

  /** The window of the page that is shown. */
  get window(): BrowserWindow {
    return this.page.mainFrame.window;
  }

  /** What a person sees of an element, or of the whole page. */
  text(selector = 'body'): string {
    return textOf(this.find(selector));
  }

  /** Waits until an element, or the whole page, shows a text. */
  async shows(text: string, selector = 'body'): Promise<void> {
    await vi.waitFor(() => expect(this.text(selector)).toContain(text), WAIT);
  }

  /** Waits until an element, or the whole page, does not show a text any more. */
  async hides(text: string, selector = 'body'): Promise<void> {
    await vi.waitFor(() => expect(this.text(selector)).not.toContain(text), WAIT);
  }

  /** Makes the page show again what its address names, as often as told at once. */
  showAgain(times = 1): void {
    for (let time = 0; time < times; time += 1)
      this.window.dispatchEvent(new this.window.Event('hashchange'));
  }

  /** Clicks an element that is shown. */
  click(selector: string): void {
    const element = this.find(selector);
    expect(element.closest('[hidden]'), `${selector} is hidden`).toBeNull();
    element.click();
  }

  /** Clicks the link with a text. */
  follow(text: string): void {
    const links = [...this.window.document.querySelectorAll('a')];
    const link = links.find(({ textContent }) => textContent === text);
    if (!link) throw new Error(`There is no link ${text}`);
    link.click();
  }

  /** Writes into a field. */
  write(selector: string, value: string): void {
    Reflect.set(this.find(selector), 'value', value);
  }

  /** What a field holds. */
  value(selector: string): string {
    return String(Reflect.get(this.find(selector), 'value'));
  }

  /** Chooses a file for the field. */
  choose(content: string, name: string, type: string): void {
    const file: PageFile = new this.window.File([content], name, { type });
    Object.defineProperty(this.find('#file'), 'files', { value: [file], configurable: true });
  }

  /** The ids of the accessibility rules that the page breaks. */
  async accessibilityFaults(): Promise<string[]> {
    this.window.eval(axe.source);
    const run: typeof axe.run = Reflect.get(this.window, 'axe').run;
    // Colours need a real browser, which computes styles and layout.
    const options = { rules: { 'color-contrast': { enabled: false }, 'target-size': { enabled: false } } };
    const { violations, passes } = await run(options);
    expect(passes.length).toBeGreaterThan(15);
    return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`);
  }

  /** The element for a selector. */
  find(selector: string) {
    const element = this.window.document.querySelector(selector);
    if (!element) throw new Error(`There is no ${selector}`);
    return element as InstanceType<BrowserWindow['HTMLElement']>;
  }
}

/** In place of happy-dom, which fails at the status 304 for what it has not cached itself. */
async function askWhetherChanged(request: PageRequest, window: BrowserWindow) {
  if (!request.headers.has('if-none-match')) return undefined;
  const response = await fetch(request.url, { headers: [...request.headers] });
  const { status } = response;
  return new window.Response(status === 304 ? null : await response.text(), { status });
}

const WAIT = { timeout: 10_000, interval: 10 };

function textOf(element: InstanceType<BrowserWindow['HTMLElement']>): string {
  if (element.hidden || element.closest('[hidden]')) return '';
  return [...element.childNodes]
    .map((node) => (node.nodeType === 1 ? textOf(node as typeof element) : (node.textContent ?? '')))
    .join(' ')
    .replace(/\s+/g, ' ');
}
