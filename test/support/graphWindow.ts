// The graph's page in a browser, with a host that has any number of changesets. Chromium is needed.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { graphPage } from '../../src/extension/features/graph/graphPage.ts';

const MEDIA = new URL('../../media/graph/', import.meta.url);
const ORIGIN = 'http://graph.invalid';

/** Pixels of CSS, and how many of the screen are in one of them: twice as many at 200 % zoom. */
export interface Size {
  readonly width: number;
  readonly height: number;
  readonly scale?: number;
}

interface Launch {
  readonly findChromium: () => string | undefined;
  readonly openBrowser: (size: Size) => Promise<{ browser: Browser; page: Page }>;
}

const launch = (await import(new URL('../../scripts/vscode/launch.mjs', import.meta.url).href)) as Launch;

export const hasChromium = launch.findChromium() !== undefined;

export type Theme = 'dark' | 'light' | 'high contrast' | 'high contrast light';

/** Values of VS Code's default themes for the colors that the page uses. */
export const THEMES: Readonly<Record<Theme, Readonly<Record<string, string>>>> = {
  dark: {
    ...{ foreground: '#cccccc', descriptionForeground: '#9d9d9d', focusBorder: '#0078d4' },
    ...{ 'sideBar-background': '#181818', 'input-background': '#313131', 'input-foreground': '#cccccc' },
    ...{ 'input-placeholderForeground': '#989898', 'list-hoverBackground': '#2a2d2e' },
    ...{ 'list-activeSelectionBackground': '#04395e', 'list-activeSelectionForeground': '#ffffff' },
    ...{ 'list-inactiveSelectionBackground': '#37373d', 'badge-background': '#616161' },
    ...{ 'badge-foreground': '#f8f8f8', 'textLink-foreground': '#4daafc', 'panel-border': '#2b2b2b' },
    ...{ 'inputValidation-warningBackground': '#352a05' },
  },
  light: {
    ...{ foreground: '#3b3b3b', descriptionForeground: '#3b3b3b', focusBorder: '#005fb8' },
    ...{ 'sideBar-background': '#f8f8f8', 'input-background': '#ffffff', 'input-foreground': '#3b3b3b' },
    ...{ 'input-placeholderForeground': '#767676', 'list-hoverBackground': '#f2f2f2' },
    ...{ 'list-activeSelectionBackground': '#e8e8e8', 'list-activeSelectionForeground': '#000000' },
    ...{ 'list-inactiveSelectionBackground': '#e4e6f1', 'badge-background': '#cccccc' },
    ...{ 'badge-foreground': '#3b3b3b', 'textLink-foreground': '#005fb8', 'panel-border': '#e5e5e5' },
    ...{ 'inputValidation-warningBackground': '#f6f5d2' },
  },
  'high contrast': {
    ...{ foreground: '#ffffff', descriptionForeground: '#ffffffb3', focusBorder: '#f38518' },
    ...{ 'sideBar-background': '#000000', 'input-background': '#000000', 'input-foreground': '#ffffff' },
    ...{ 'input-placeholderForeground': '#ffffffb3', contrastBorder: '#6fc3df' },
    ...{ contrastActiveBorder: '#f38518', 'badge-background': '#000000', 'badge-foreground': '#ffffff' },
    ...{ 'textLink-foreground': '#21a6ff', 'panel-border': '#6fc3df' },
    ...{ 'inputValidation-warningBackground': '#332b00' },
  },
  'high contrast light': {
    ...{ foreground: '#292929', descriptionForeground: '#292929', focusBorder: '#006bbd' },
    ...{ 'sideBar-background': '#ffffff', 'input-background': '#ffffff', 'input-foreground': '#292929' },
    ...{ 'input-placeholderForeground': '#292929b3', contrastBorder: '#0f4a85' },
    ...{ contrastActiveBorder: '#006bbd', 'badge-background': '#0f4a85', 'badge-foreground': '#ffffff' },
    ...{ 'textLink-foreground': '#0f4a85', 'panel-border': '#0f4a85' },
    ...{ 'inputValidation-warningBackground': '#ffffff' },
  },
};

const TEXTS: Readonly<Record<string, string>> = {
  ...{ language: 'en', opensOnClick: 'details', changeset: 'Changeset', merge: 'Merge', branch: 'branch {0}' },
  ...{ bookmark: 'bookmark {0}', tag: 'tag {0}', topic: 'topic {0}', workingParent: 'current', parents: 'Parents:' },
  ...{
    children: 'Children:',
    more: '{0} more files',
    searching: 'Searching…',
    filtering: 'Filtering…',
    found: '{0} found',
  },
  ...{ find: 'Find in history', filter: 'Filter Graph…', graph: 'Changesets', details: 'Details' },
  ...{ hideDetails: 'Hide Details', toWorkingCopy: 'Go to Current Changeset', help: 'Keyboard Shortcuts' },
  ...{ hidden: 'hidden', obsolete: 'obsolete', closesBranch: 'closes branch' },
  keys: ['Enter: open changes', 'Shift+Up, Shift+Down: select a second changeset', 'Last key: last action'].join('\n'),
};

const CHARTS = {
  blue: '#3794ff',
  orange: '#d18616',
  green: '#89d185',
  purple: '#b180d7',
  red: '#f14c4c',
  yellow: '#cca700',
  foreground: '#888888',
  lines: '#808080',
};

/** Messages of the page, in order. */
export interface PageMessage {
  readonly type: string;
  readonly node?: string;
  readonly other?: string;
  readonly anchor?: string;
}

export class GraphWindow {
  readonly page: Page;
  readonly #browser: Browser;

  private constructor(browser: Browser, page: Page) {
    this.#browser = browser;
    this.page = page;
  }

  /** Opens the page, which shows its first rows when this resolves. */
  static async open(rows: number, size: Size = { width: 900, height: 400 }): Promise<GraphWindow> {
    const { browser, page } = await launch.openBrowser(size);
    const opened = new GraphWindow(browser, page);
    try {
      await opened.#load(rows);
    } catch (error) {
      await opened.close();
      throw error;
    }
    return opened;
  }

  async #load(rows: number): Promise<void> {
    const { page } = this;
    const html = graphPage({ of: name => `${ORIGIN}/${name}`, source: ORIGIN, nonce: 'abc' }, TEXTS);
    await page.route(`${ORIGIN}/**`, async route => {
      const name = new URL(route.request().url()).pathname.slice(1);
      if (name === '') return route.fulfill({ contentType: 'text/html', body: html });
      const contentType = name.endsWith('.css') ? 'text/css' : 'text/javascript';
      return route.fulfill({ contentType, body: readFileSync(fileURLToPath(new URL(name, MEDIA))) });
    });
    const host = readFileSync(fileURLToPath(new URL('graphHost.mjs', import.meta.url)), 'utf8');
    await page.addInitScript({ content: `${host}\ninstallHost(${rows});` });
    await page.goto(`${ORIGIN}/`);
    await page.locator('.row').first().waitFor();
  }

  async close(): Promise<void> {
    await this.#browser.close();
  }

  /** Evaluates a script in the page. */
  async run<T>(script: string): Promise<T> {
    return this.page.evaluate<T>(script);
  }

  async setTheme(theme: Theme): Promise<void> {
    const charts = Object.entries(CHARTS).map(([name, value]) => [`charts-${name}`, value]);
    const variables = [...Object.entries(THEMES[theme]), ...charts];
    const properties = [...variables, ['font-size', '13px'], ['font-family', 'sans-serif']];
    await this.run(`{
      const { style } = document.documentElement;
      style.cssText = '';
      for (const [name, value] of ${JSON.stringify(properties)}) style.setProperty('--vscode-' + name, value);
      document.body.style.background = 'var(--vscode-sideBar-background)';
    }`);
  }

  async messages(): Promise<readonly PageMessage[]> {
    return this.run<readonly PageMessage[]>('sent');
  }
}
