// Drives and reads the rendered workbench, as a user would see it: for tests, screenshots and the curious.
// Every function that waits gives up after `timeout` milliseconds with an error that names what it waited for.
/* global performance, requestAnimationFrame */

const defaultTimeout = 120_000; // A cold workbench on a slow machine.
const actTimeout = 10_000; // After that, an act that showed no effect is repeated.

/** The open list or input box. One that fades out still has its texts, and takes no key. */
const openQuickInput = '.quick-input-widget:visible:not(.quick-input-widget-closing)';

/** The queries and actions for a workbench page. All values are plain data, so that they can travel to the tests. */
export function createDriver(page) {
  // The box for the message is a row of the list, too.
  const scmRows = page.locator('.scm-view .monaco-list-row:not(:has(.scm-input))');
  const explorerRows = page.locator('.explorer-folders-view .monaco-list-row');

  const driver = {
    /** Opens the Source Control view. By key: the badge lies over the icon, and a click would land on it. */
    async showSourceControl() {
      await focusWorkbench();
      await actUntil(page.locator('.scm-view:visible'), () => page.keyboard.press('Control+Shift+G'));
    },

    /** Waits until the extension has put its status on the screen: a changed file, or its item in the status bar. */
    async waitForStatus({ timeout = defaultTimeout } = {}) {
      await driver.showSourceControl();
      const items = page.locator('.statusbar-item[id^="quicksilver.quicksilver"], .statusbar-item[id^="status.scm"]');
      await items.or(page.locator('.scm-view .resource')).first().waitFor({ timeout });
    },

    /**
     * The labels of the rows in the Source Control view, e.g. "alpha.txt, Modified".
     * `until`: waits until, for each of these texts, a row's label contains it. `gone`: until no label contains them.
     */
    async sourceControlRows({ until = [], gone = [], timeout = defaultTimeout } = {}) {
      await driver.showSourceControl();
      await settled(text => scmRows.and(labelled('', text)), until, gone, timeout);
      return scmRows.evaluateAll(rows => rows.map(row => row.getAttribute('aria-label') ?? row.innerText));
    },

    /** The number on the Source Control icon; undefined when there is none. */
    async badge({ until, timeout = defaultTimeout } = {}) {
      const badge = page.locator('.activitybar .action-item:has(a[aria-label^="Source Control"]) .badge-content');
      if (until !== undefined)
        await badge
          .filter({ hasText: exactly(until) })
          .first()
          .waitFor({ timeout });
      return (await badge.count()) === 0 ? undefined : (await badge.first().innerText()).trim();
    },

    /** Opens the Explorer. */
    async showExplorer() {
      await focusWorkbench();
      await actUntil(page.locator('.explorer-folders-view:visible'), () => page.keyboard.press('Control+Shift+E'));
    },

    /** Expands a folder in the Explorer. */
    async expandFolder(name, { timeout = defaultTimeout } = {}) {
      await driver.showExplorer();
      const row = explorerRows.filter({ has: page.locator('.label-name', { hasText: exactly(name) }) }).first();
      await row.waitFor({ timeout });
      // A click on a folder that VS Code has expanded meanwhile collapses it: the next one expands it again.
      await actUntil(
        row.and(page.locator('[aria-expanded="true"]')),
        () => row.click({ timeout: actTimeout }),
        timeout,
      );
    },

    /**
     * The rows of the Explorer: { name, letter, color, label }. `letter` and `color` (CSS, computed) are what file
     * decorations made of them; `label` has the path and the decoration's tooltip, e.g. "/tmp/w/alpha.txt • Modified".
     * `until` and `gone` are texts of that label, as above.
     */
    async explorerRows({ until = [], gone = [], timeout = defaultTimeout } = {}) {
      await driver.showExplorer();
      await settled(text => explorerRows.locator(labelled('.monaco-icon-label', text)), until, gone, timeout);
      return explorerRows.evaluateAll(rows =>
        rows.map(row => {
          const { getComputedStyle } = row.ownerDocument.defaultView;
          const icon = row.querySelector('.monaco-icon-label');
          const name = row.querySelector('.label-name');
          const content = getComputedStyle(icon, '::after').content;
          return {
            name: name.textContent,
            letter: content === 'none' || content === 'normal' ? '' : content.replace(/^"|"$/g, ''),
            color: getComputedStyle(name).color,
            label: icon.getAttribute('aria-label') ?? '',
          };
        }),
      );
    },

    /** The items of the status bar: { id, text, label }. `until`: waits for an item whose label contains this text. */
    async statusBarItems({ until, timeout = defaultTimeout } = {}) {
      const items = page.locator('.statusbar-item:visible');
      if (until !== undefined) {
        await page
          .locator(
            `.statusbar-item:has([aria-label*="${cssString(until)}"]), .statusbar-item[aria-label*="${cssString(until)}"]`,
          )
          .or(items.filter({ hasText: until }))
          .first()
          .waitFor({ timeout });
      }
      return items.evaluateAll(all =>
        all.map(item => ({
          id: item.id,
          text: item.innerText.trim(),
          label:
            item.getAttribute('aria-label') ?? item.querySelector('[aria-label]')?.getAttribute('aria-label') ?? '',
        })),
      );
    },

    /**
     * Returns the change marks beside the lines of the first editor, as "modified 2": the kind (added, modified or
     * deleted) and the line. `until`: waits until there are exactly these.
     */
    async gutterMarks({ until, timeout = defaultTimeout } = {}) {
      const read = () =>
        [...globalThis.document.querySelectorAll('.editor-instance .margin-view-overlays > div')].flatMap(line => {
          const number = line.querySelector('.line-numbers')?.textContent ?? '';
          return [...line.querySelectorAll('.dirty-diff-glyph')].map(glyph => {
            const kind = /dirty-diff-(added|modified|deleted)/.exec(glyph.className)?.[1];
            return `${kind} ${number}`;
          });
        });
      if (until !== undefined) {
        await page
          .waitForFunction(
            ([source, expected]) => {
              const marks = globalThis.eval(`(${source})`)();
              return JSON.stringify(marks.sort()) === expected;
            },
            [read.toString(), JSON.stringify([...until].sort())],
            { timeout, polling: 50 },
          )
          .catch(async error => {
            throw new Error(`the marks are ${JSON.stringify(await page.evaluate(read))}`, { cause: error });
          });
      }
      return (await page.evaluate(read)).sort();
    },

    /**
     * Returns the rows of a view below the Source Control view, by the view's title: label and description. Expands
     * it. `until`, `without`: waits until there are rows with these texts, and none with those. `gone`: waits until
     * there is no such view.
     */
    async viewRows(title, { until = [], without = [], gone = false, timeout = defaultTimeout } = {}) {
      await driver.showSourceControl();
      const pane = paneOf(title);
      if (gone) {
        await pane.waitFor({ state: 'detached', timeout });
        return [];
      }
      await pane.waitFor({ timeout });
      await expand(pane, timeout);
      const rows = pane.locator('.monaco-list-row');
      for (const text of until) await rows.filter({ hasText: text }).first().waitFor({ timeout });
      for (const text of without) {
        await rows.filter({ hasText: text }).first().waitFor({ state: 'detached', timeout });
      }
      return rows.evaluateAll(all =>
        all.map(row => {
          const parts = [row.querySelector('.label-name'), row.querySelector('.label-description')];
          return parts.flatMap(part => (part?.textContent ? [part.textContent.trim()] : [])).join(' ');
        }),
      );
    },

    /** Clicks the row with this text in a view below the Source Control view. */
    async clickViewRow(title, text, { timeout = defaultTimeout } = {}) {
      await driver.viewRows(title, { until: [text], timeout });
      await paneOf(title).locator('.monaco-list-row').filter({ hasText: text }).first().click({ timeout });
    },

    /**
     * Returns the buttons in the title of a view in the Source Control view, by the view's title; VS Code draws them
     * under the mouse. A single view has them in the title of the side bar, because its own is hidden then.
     * `until`, `gone`: waits until there is a button for each of these, and none for those.
     */
    async viewActions(title, { until = [], gone = [], timeout = defaultTimeout } = {}) {
      await driver.showSourceControl();
      const pane = paneOf(title);
      await pane.waitFor({ timeout });
      const header = pane
        .locator('> .pane-header:not(.hidden)')
        .or(page.locator('.part.sidebar:has(.pane-header.hidden) > .title'))
        .first();
      await header.hover({ timeout });
      // A view that appears moves the header away from under the mouse.
      const hover = () => header.hover({ timeout: actTimeout });
      for (const name of until) await actUntil(buttonIn(header, name).filter({ visible: true }), hover, timeout);
      return buttonsIn(header, { until, gone, timeout });
    },

    /**
     * Returns the buttons in a repository's row in the Source Control view, by the folder's name: with several
     * repositories each has its title there. `until`, `gone`: as for the title of a view. The row must be among the
     * visible ones.
     */
    async repositoryActions(name, { until = [], gone = [], timeout = defaultTimeout } = {}) {
      await driver.showSourceControl();
      const titles = page.locator('.scm-view .monaco-list-row:has(.scm-provider)');
      const row = titles.and(page.locator(`[aria-label^="${cssString(name)} "]`)).first();
      await row.waitFor({ timeout });
      return buttonsIn(row, { until, gone, timeout });
    },

    /** Types into the open input box, waits until its message contains the text `until`, and has it accepted. */
    async answerInput(text, { until, accept = true, timeout = defaultTimeout } = {}) {
      const widget = page.locator(openQuickInput).first();
      const input = widget.locator('input').first();
      await input.waitFor({ timeout });
      await input.fill(text);
      if (until !== undefined) await widget.getByText(until).first().waitFor({ timeout });
      if (!accept) return;
      await input.press('Enter');
      // The next prompt has the same box. So an answer to it must not come before this one is taken.
      await page.waitForFunction(isNowhere, text, { timeout });
    },

    /** All that the list or input box that is open shows, with what screen readers read; waits for each of `until`. */
    async quickInput({ until = [], timeout = defaultTimeout } = {}) {
      const widget = page.locator(openQuickInput).first();
      for (const text of until) await widget.filter({ hasText: text }).waitFor({ timeout });
      const labels = await widget.locator('[aria-label]').evaluateAll(all => all.map(each => each.ariaLabel ?? ''));
      return [await widget.innerText(), ...labels].join('\n');
    },

    /** The links to "hostile" and the icons "flame" that the window shows, each kind once. */
    async markup() {
      return page.evaluate(() => {
        const all = selector =>
          [...globalThis.document.querySelectorAll(selector)].filter(each => each.checkVisibility());
        const links = all('a').flatMap(({ href, dataset }) =>
          [href, dataset.href ?? ''].filter(to => to.includes('hostile.')),
        );
        const icons = all('.codicon-flame').map(() => 'flame');
        return [...new Set([...links.map(to => `link: ${to}`), ...icons.map(name => `icon: ${name}`)])];
      });
    },

    /** The text of the hover in the editor, when it has each of `until`. */
    async hover({ until, timeout = defaultTimeout }) {
      const hover = page.locator('.monaco-hover:visible').first();
      for (const text of until) await hover.filter({ hasText: text }).waitFor({ timeout });
      return hover.innerText();
    },

    /** Waits until the graph in an editor shows rows, and returns when it painted them (milliseconds since 1970). */
    async graphShown({ timeout = defaultTimeout } = {}) {
      const graph = page.frameLocator('iframe.webview.ready').frameLocator('iframe');
      await graph.locator('.row').first().waitFor({ timeout });
      return graph.locator('body').evaluate(async () => {
        const marks = () => performance.getEntriesByName('rows-painted');
        while (marks().length === 0) await new Promise(resolve => requestAnimationFrame(resolve));
        return performance.timeOrigin + marks()[0].startTime;
      });
    },

    /**
     * All texts in the page of the graph in an editor, with those for screen readers and of tooltips, and the names of
     * its elements. Clicks the first row, and waits until the rows and the details each have one of `until`.
     */
    async graphPage({ until, timeout = defaultTimeout }) {
      const graph = page.frameLocator('iframe.webview.ready').frameLocator('iframe');
      const row = graph.locator('.row', { hasText: until[0] }).first();
      const details = graph.locator('#details', { hasText: until[1] });
      await actUntil(details, () => row.click({ timeout: actTimeout }), timeout);
      return graph.locator('body').evaluate(body => {
        const all = [...body.querySelectorAll('*:not(script)')];
        const shown = each => [each.getAttribute('aria-label'), each.title, each.placeholder, each.textContent];
        return {
          texts: [...new Set(all.flatMap(shown).filter(text => typeof text === 'string' && text !== ''))],
          elements: [...new Set(all.map(({ localName }) => localName))].sort(),
        };
      });
    },

    /** Types into the first input box of the Source Control view and presses Ctrl+Enter there. */
    async commitByKey(text, { timeout = defaultTimeout } = {}) {
      await driver.showSourceControl();
      const editor = page.locator('.scm-editor .monaco-editor').first();
      const focused = page.locator('.scm-editor .monaco-editor.focused');
      await actUntil(focused, () => editor.click({ timeout: actTimeout }), timeout);
      await page.keyboard.insertText(text);
      await page
        .locator('.scm-editor .view-line', { hasText: text.split('\n')[0] })
        .first()
        .waitFor({ timeout });
      await page.keyboard.press('Control+Enter');
    },

    /** The texts in the merge editor: titles and lines. `until`: waits until all of these are among them. */
    async mergeEditor({ until = [], timeout = defaultTimeout } = {}) {
      const editor = page.locator('.merge-editor').first();
      for (const text of until) await editor.getByText(text).first().waitFor({ timeout });
      return editor.innerText();
    },

    /** Runs a command through the command palette, by its title. */
    async runCommand(title, { timeout = defaultTimeout } = {}) {
      await focusWorkbench();
      await page.keyboard.press('F1');
      const input = page.locator(openQuickInput).locator('input').first();
      await input.waitFor({ timeout });
      await input.fill(`>${title}`);
      await page
        .locator('.quick-input-list .monaco-list-row')
        .filter({ has: page.locator('.label-name', { hasText: exactly(title) }) })
        .first()
        .click({ timeout });
    },

    /** Opens a file of the workspace in an editor, by name or path. */
    async openFile(name, { timeout = defaultTimeout } = {}) {
      await focusWorkbench();
      await page.keyboard.press('Control+P');
      const input = page.locator(openQuickInput).locator('input').first();
      await input.waitFor({ timeout });
      await input.fill(name);
      await page
        .locator(`.quick-input-list .monaco-list-row[aria-label*="${cssString(name)}"]`)
        .first()
        .click({ timeout });
      await page.locator('.editor-container .monaco-editor').first().waitFor({ timeout });
    },

    /** Trusts the workspace, with the button of VS Code's own editor for it, which must be open. */
    async trustWorkspace({ timeout = defaultTimeout } = {}) {
      const button = page.locator('.workspace-trust-editor .monaco-button', { hasText: /^Trust/ }).first();
      const trusted = page.locator('.workspace-trust-editor.trusted');
      await actUntil(trusted, () => button.click({ timeout: actTimeout }), timeout);
    },

    /** The texts of the notifications on the screen. */
    async notifications({ until, timeout = defaultTimeout } = {}) {
      const messages = page.locator('.notification-list-item-message');
      if (until !== undefined) await messages.filter({ hasText: until }).first().waitFor({ timeout });
      return messages.allInnerTexts();
    },

    /** The lines of the welcome texts that views show in place of contents. */
    async welcomeTexts({ until, timeout = defaultTimeout } = {}) {
      const texts = page.locator('.welcome-view-content p');
      if (until !== undefined) await texts.filter({ hasText: until }).first().waitFor({ timeout });
      return texts.allInnerTexts();
    },

    /**
     * Returns the texts of the list, input box, dialogs and notifications that are open. Views of the side bar follow
     * with title, height, message and first rows. Waits for nothing.
     */
    async shown() {
      return page.evaluate(textOfWindow);
    },

    /** Writes what the window shows to a PNG file. */
    async screenshot(file) {
      await page.screenshot({ path: file });
    },
  };
  return driver;

  async function focusWorkbench() {
    await page.locator('.monaco-workbench').first().waitFor({ timeout: defaultTimeout });
  }

  function paneOf(title) {
    return page.locator(`.pane:has(> .pane-header h3:text-is("${cssString(title)}"))`).first();
  }

  /** Expands a view by the key that does nothing to an expanded one, because VS Code may expand it at the same time. */
  async function expand(pane, timeout) {
    const key = { key: 'ArrowRight', code: 'ArrowRight', keyCode: 39, bubbles: true };
    const header = pane.locator('> .pane-header');
    const expanded = pane.locator('> .pane-header[aria-expanded="true"]');
    await actUntil(expanded, () => header.dispatchEvent('keydown', key, { timeout: actTimeout }), timeout);
  }

  function buttonIn(title, name) {
    return title.locator(`.action-label[aria-label="${cssString(name)}"]`).first();
  }

  async function buttonsIn(title, { until, gone, timeout }) {
    for (const name of until) await buttonIn(title, name).waitFor({ timeout });
    for (const name of gone) await buttonIn(title, name).waitFor({ state: 'detached', timeout });
    const names = await title.locator('.action-label').evaluateAll(all => all.map(each => each.ariaLabel ?? ''));
    return names.filter(name => name !== '');
  }

  function labelled(selector, text) {
    return page.locator(`${selector}[aria-label*="${cssString(text)}"]`);
  }

  async function settled(withLabel, until, gone, timeout) {
    for (const text of until) await withLabel(text).first().waitFor({ timeout });
    for (const text of gone) await withLabel(text).first().waitFor({ state: 'detached', timeout });
  }
}

/**
 * Acts until `state` is in the page: an act that meets a window which is about to change may be lost or undone. So the
 * act must be one that may be repeated. It may take {@link actTimeout}, and is not missed once the state is there.
 */
async function actUntil(state, act, timeout = defaultTimeout) {
  const end = Date.now() + timeout;
  while ((await state.count()) === 0) {
    if (Date.now() > end) throw new Error(`gave up waiting for ${state}`);
    await inTime(act());
    await inTime(state.first().waitFor({ state: 'attached', timeout: actTimeout }));
  }
}

/** Resolves when `wait` does, or has taken its time. */
async function inTime(wait) {
  try {
    await wait;
  } catch (error) {
    if (error.name !== 'TimeoutError') throw error;
  }
}

/** Runs in the page. True if no open input box has this text. */
function isNowhere(text) {
  const inputs = globalThis.document.querySelectorAll('.quick-input-widget:not(.quick-input-widget-closing) input');
  return ![...inputs].some(input => input.value === text && input.checkVisibility());
}

/** Runs in the page. */
function textOfWindow() {
  const { document } = globalThis;
  const visible = (selector, root = document) =>
    [...root.querySelectorAll(selector)].filter(each => each.checkVisibility());
  const textsOf = (selector, root) =>
    visible(selector, root)
      .map(each => each.innerText.trim().replaceAll(/\s+/g, ' '))
      .filter(text => text !== '');
  const open = textsOf('.quick-input-widget, .monaco-dialog-box, .notification-list-item-message');
  const views = visible('.part.sidebar .pane').map(pane => {
    const header = pane.querySelector(':scope > .pane-header');
    const state = header.getAttribute('aria-expanded') === 'false' ? 'collapsed' : 'expanded';
    const title = header.innerText.trim().replaceAll(/\s+/g, ' ') || header.ariaLabel;
    const message = textsOf('.message, .welcome-view-content', pane).join(' ');
    const rows = textsOf('.monaco-list-row', pane);
    const texts = [...(message === '' ? [] : [`message: ${message}`]), ...rows.slice(0, 5)];
    return `view ${title}, ${state}, ${pane.clientHeight} px, ${rows.length} rows${['', ...texts].join('\n  ')}`;
  });
  return [...(open.length === 0 ? ['no list, dialog or notification'] : open), ...views].join('\n');
}

function exactly(text) {
  return new RegExp(`^\\s*${String(text).replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}\\s*$`);
}

function cssString(text) {
  return text.replace(/["\\]/g, '\\$&');
}
