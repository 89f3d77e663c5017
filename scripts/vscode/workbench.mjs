// Opens the extension, installed, in a VS Code window: for pictures and the check of the package.
import { getVscode } from './get-vscode.mjs';
import { openBrowser, startServer, workbenchUrl } from './launch.mjs';
import { createDriver } from './ui.mjs';

const pictureSettings = {
  'window.commandCenter': false,
  'workbench.layoutControl.enabled': false,
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'editor.minimap.enabled': false,
  'scm.defaultViewMode': 'list',
};

/**
 * Opens a folder and calls `use` with the driver of its window (see ui.mjs), its page and the folder of extensions.
 * Closes everything afterwards. Give either `installed`, the folder of the extension, or `vsix`, its package.
 */
export async function withWorkbench({ version, open, installed, vsix, settings, window }, use) {
  const server = await startServer({
    release: await getVscode(version),
    settings: { ...pictureSettings, ...settings },
    installed,
    vsix,
  });
  try {
    const { browser, page } = await openBrowser(window);
    try {
      await page.goto(workbenchUrl({ address: server.address, open }));
      return await use(createDriver(page), page, server.extensions);
    } finally {
      await browser.close();
    }
  } finally {
    await server.stop();
  }
}
