// Draws media/icon.png (128 x 128) from media/icon.svg: `node scripts/icon.mjs`.
import fs from 'node:fs';
import path from 'node:path';
import { projectRoot } from './lib/processes.mjs';
import { openBrowser } from './vscode/launch.mjs';

const media = path.join(projectRoot, 'media');
const { browser, page } = await openBrowser({ width: 128, height: 128 });
try {
  const svg = fs.readFileSync(path.join(media, 'icon.svg'), 'utf8');
  await page.setContent(`<style>body { margin: 0 } svg { display: block }</style>${svg}`);
  await page.screenshot({ path: path.join(media, 'icon.png'), omitBackground: true });
} finally {
  await browser.close();
}
