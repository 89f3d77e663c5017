// `npm run screenshots`: makes docs/images/*.png from sample repositories, in a real VS Code.
//   node scripts/screenshots.mjs [NAME]...     makes some of the pictures only
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { buildExtension, ensureModules } from './lib/prerequisites.mjs';
import { PlainError, findProgram, projectRoot, reportFailure, run } from './lib/processes.mjs';
import {
  makeHistorySample,
  makeMergeSample,
  makeRebaseSample,
  makeSample,
  makeShelvedSample,
  makeSubrepositorySample,
  sampleFolders,
} from './sample-repository.mjs';

/** Right edge of the side bar, in pixels: names fit, or descriptions beside them, too. */
const sideBarRight = 470;
const wideSideBar = 560;

/** Where that edge is gripped, in pixels from above. */
const sideBarGrip = 500;

/** Upper edge of the graph in the side bar, in pixels. */
const graphTop = 170;

/** Paths of temporary folders, scroll bars, and the ports of other programs only distract. */
const pictureSettings = {
  'breadcrumbs.enabled': false,
  'remote.autoForwardPorts': false,
  'editor.scrollbar.vertical': 'hidden',
  'editor.scrollbar.horizontal': 'hidden',
};

/** A diff has a scroll bar of its own, and a sash is highlighted after a drag. Only a browser shows its keyboard. */
const pictureStyle = `
  .monaco-diff-editor .diffViewport { display: none !important; }
  .monaco-sash::before { display: none !important; }
  .statusbar-item[id="status.workbench.keyboardLayout"] { display: none !important; }
`;

/**
 * Each opens one window; `sideBar` is the right edge of its side bar. `take` is given the window's driver and page, and
 * a function that takes a picture.
 */
const windows = [
  {
    pictures: ['source-control', 'explorer'],
    make: makeSample,
    async take({ driver, picture }) {
      await driver.sourceControlRows({ until: ['trees.py', 'notes.txt'] });
      await picture('source-control');
      await driver.openFile('trees.py');
      for (const folder of sampleFolders) await driver.expandFolder(folder);
      await driver.explorerRows({ until: ['trees.py'] });
      await picture('explorer');
    },
  },
  {
    pictures: ['gutter', 'diff'],
    make: makeSample,
    async take({ driver, page, picture }) {
      await driver.openFile('trees.py');
      await page.locator('.dirty-diff-glyph').first().waitFor();
      // Its left edge: what is right of that folds the code.
      await page
        .locator('.dirty-diff-glyph')
        .first()
        .click({ position: { x: 2, y: 9 } });
      await page.locator('.zone-widget.dirty-diff .line-insert').first().waitFor();
      await picture('gutter');
      await page.keyboard.press('Escape');
      await openDiff({ driver, page, name: 'trees.py' });
      await picture('diff');
    },
  },
  {
    pictures: ['merge', 'merge-editor'],
    make: makeMergeSample,
    sideBar: wideSideBar,
    async take({ driver, page, picture }) {
      await driver.sourceControlRows({ until: ['prices.py', 'trees.py'] });
      await driver.viewRows('Merge', { until: ['incoming changeset'] });
      await openDiff({ driver, page, name: 'trees.py' });
      await picture('merge');
      await page.locator('.scm-view .monaco-list-row[aria-label*="prices.py"]').first().click();
      await driver.mergeEditor({ until: ['Current: default', 'Incoming: ', 'Accept Combination'] });
      await picture('merge-editor');
    },
  },
  {
    pictures: ['blame', 'graph'],
    make: makeHistorySample,
    async take({ driver, page, picture }) {
      await driver.openFile('trees.py');
      await driver.runCommand('Mercurial: Toggle File Annotations');
      await page.locator('.statusbar-item', { hasText: 'Ann Lee' }).waitFor();
      await picture('blame');
      await showGraph({ driver, page });
      await picture('graph');
    },
  },
  {
    pictures: ['file-history', 'graph-side-bar'],
    make: makeHistorySample,
    sideBar: wideSideBar,
    async take({ driver, page, picture }) {
      await driver.openFile('weather.md');
      await driver.runCommand('Mercurial: Show File History');
      await driver.clickViewRow('File History', 'Add a word about snow');
      await page.locator('.editor-instance .monaco-diff-editor .line-insert').first().waitFor();
      await picture('file-history');
      await driver.runCommand('Mercurial: Hide File History');
      await driver.runCommand('View: Close All Editors');
      await driver.openFile('weather.py');
      await driver.runCommand('Mercurial: Show Graph');
      await graphIn(page).locator('.row', { hasText: 'Merge stable' }).waitFor();
      const top = await edgeOf(page, '.pane:has(> .pane-header h3:text-is("Graph"))', 'top');
      await drag(page, { x: sideBarRight / 2, y: top - 1 }, { y: graphTop });
      await graphIn(page).locator('.row', { hasText: 'First commit' }).waitFor();
      await picture('graph-side-bar');
    },
  },
  {
    pictures: ['graph-high-contrast'],
    make: makeHistorySample,
    settings: { 'workbench.colorTheme': 'Default High Contrast' },
    async take({ driver, page, picture }) {
      await showGraph({ driver, page });
      await picture('graph-high-contrast');
    },
  },
  {
    pictures: ['unfinished'],
    make: makeRebaseSample,
    async take({ driver, page, picture }) {
      await driver.sourceControlRows({ until: ['prices.py', 'planting.md'] });
      await driver.openFile('prices.py');
      await page.locator('.editor-instance .view-line', { hasText: '>>>>>>>' }).waitFor();
      await driver.viewActions('Changes', { until: ['Continue', 'Abort'] });
      await picture('unfinished');
    },
  },
  {
    pictures: ['commit', 'commit-message'],
    make: makeSample,
    async take({ driver, page, picture }) {
      await include({ driver, page, name: 'trees.py', count: 1 });
      await include({ driver, page, name: '__main__.py', count: 2 });
      await openDiff({ driver, page, name: 'trees.py' });
      await page.locator('.scm-editor .monaco-editor').first().click();
      await page.keyboard.insertText('Cherries bear fruit after five years');
      await driver.badge({ until: 8 });
      await picture('commit');
      await driver.runCommand('Mercurial: Edit Commit Message in Editor');
      const line = page.locator('.editor-instance .view-line', { hasText: 'Cherries' }).first();
      await line.click();
      await page.keyboard.press('End');
      await page.keyboard.press('Enter');
      await page.keyboard.insertText('\nOther kinds still do after three.\n');
      await picture('commit-message');
    },
  },
  {
    pictures: ['shelved'],
    make: makeShelvedSample,
    async take({ driver, page, picture }) {
      await openDiff({ driver, page, name: 'README.md' });
      await driver.runCommand('Mercurial: Unshelve…');
      await page.locator('.quick-input-list .monaco-list-row', { hasText: 'Frost' }).waitFor();
      await picture('shelved');
    },
  },
  {
    pictures: ['subrepositories'],
    make: makeSubrepositorySample,
    async take({ driver, page, picture }) {
      await driver.sourceControlRows({ until: ['Subrepositories', 'forecast.py', 'charts'] });
      await openDiff({ driver, page, name: 'forecast.py' });
      await picture('subrepositories');
    },
  },
];

await main(process.argv.slice(2)).catch(reportFailure);

async function main(wanted) {
  const known = windows.flatMap(({ pictures }) => pictures);
  for (const name of wanted) if (!known.includes(name)) throw new PlainError(`There is no picture ${name}.`);
  await ensureModules();
  await buildExtension();
  for (const each of windows) {
    if (wanted.length === 0 || each.pictures.some(name => wanted.includes(name))) await takePictures(each);
  }
}

function graphIn(page) {
  return page.frameLocator('iframe.webview.ready').frameLocator('iframe');
}

/** Opens the graph in an editor, with the details of a changeset. */
async function showGraph({ driver, page }) {
  await driver.runCommand('Mercurial: Open Graph in Editor');
  await graphIn(page).locator('.row', { hasText: 'Merge stable' }).click();
  await graphIn(page).locator('#details', { hasText: 'Ann Lee' }).waitFor();
}

/** Opens the diff of a changed file by a click on its row, and waits until it is drawn. */
async function openDiff({ driver, page, name }) {
  await driver.sourceControlRows({ until: [name] });
  await page.locator(`.scm-view .monaco-list-row[aria-label*="${name}"]`).first().click();
  await page.locator('.editor-instance .monaco-diff-editor .line-insert').first().waitFor();
}

/** By the + beside a row; then there are so many. */
async function include({ driver, page, name, count }) {
  await driver.sourceControlRows({ until: [name] });
  const row = page.locator(`.scm-view .monaco-list-row[aria-label*="${name}"]`).first();
  await row.hover();
  await row.locator('.action-label[aria-label*="Include in Commit"]').click();
  const group = page.locator('.scm-view .monaco-list-row', { hasText: 'Included' });
  await group.locator('.monaco-count-badge', { hasText: String(count) }).waitFor();
}

/** VS Code has no command for a width; the sash beside the side bar is dragged. */
async function widenSideBar(page, right) {
  await drag(page, { x: await edgeOf(page, '.part.sidebar', 'right'), y: sideBarGrip }, { x: right });
}

/** Returns where an edge of an element is, in pixels: 'top' or 'right'. */
function edgeOf(page, selector, edge) {
  return page.locator(selector).evaluate((element, name) => element.getBoundingClientRect()[name], edge);
}

/** Drags a sash to another `x` or `y`. */
async function drag(page, from, to) {
  await page.mouse.move(from.x, from.y);
  await page.mouse.down();
  await page.mouse.move(to.x ?? from.x, to.y ?? from.y, { steps: 5 });
  await page.mouse.up();
}

async function takePictures({ make, take, settings, sideBar = sideBarRight }) {
  const { withWorkbench } = await import('./vscode/workbench.mjs');
  const images = path.join(projectRoot, 'docs', 'images');
  fs.mkdirSync(images, { recursive: true });
  const temporary = fs.realpathSync.native(fs.mkdtempSync(path.join(os.tmpdir(), 'quicksilver-pictures-')));
  const open = path.join(temporary, 'orchard');
  try {
    await make(open);
    const window = { width: 1200, height: 760 };
    const allSettings = { ...pictureSettings, ...settings };
    await withWorkbench({ open, installed: projectRoot, window, settings: allSettings }, async (driver, page) => {
      const picture = async name => {
        // Nothing points at anything: the middle of the status bar is empty.
        await page.mouse.move(window.width / 2, window.height - 15);
        await page.locator('.monaco-hover:visible, .notification-toast:visible').first().waitFor({ state: 'detached' });
        // Nothing is in progress: a view that was opened shows it for a while, in place of its number too.
        const busy = page.locator('.progress-badge:visible, .sidebar .monaco-progress-container.active');
        await busy.first().waitFor({ state: 'detached' });
        const file = path.join(images, `${name}.png`);
        await driver.screenshot(file);
        await reduceColors(file);
        console.log(`${path.relative(projectRoot, file)}: ${Math.ceil(fs.statSync(file).size / 1024)} KB`);
      };
      await driver.waitForStatus();
      await widenSideBar(page, sideBar);
      await page.addStyleTag({ content: pictureStyle });
      await take({ driver, page, picture });
    });
  } finally {
    fs.rmSync(temporary, { recursive: true, force: true });
  }
}

/** Reduces a picture to 256 colors, which halves it: those of the README are in the package. Needs ImageMagick. */
async function reduceColors(file) {
  const convert = findProgram(['convert']);
  if (convert === undefined) console.log(`${path.basename(file)} keeps all colors: there is no ImageMagick`);
  else await run(convert, [file, '-dither', 'None', '-colors', '256', `PNG8:${file}`]);
}
