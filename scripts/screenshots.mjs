// `npm run screenshots`: makes docs/images/*.png from the sample repository, in a real VS Code.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { buildExtension, ensureModules } from './lib/prerequisites.mjs';
import { projectRoot, reportFailure } from './lib/processes.mjs';
import { makeSample, sampleFolders } from './sample-repository.mjs';

await main().catch(reportFailure);

async function main() {
  await ensureModules();
  await buildExtension();
  const { withWorkbench } = await import('./vscode/workbench.mjs');
  const images = path.join(projectRoot, 'docs', 'images');
  fs.mkdirSync(images, { recursive: true });
  const temporary = fs.realpathSync.native(fs.mkdtempSync(path.join(os.tmpdir(), 'quicksilver-pictures-')));
  const open = path.join(temporary, 'orchard');
  try {
    await makeSample(open);
    const window = { width: 1100, height: 700 };
    await withWorkbench({ open, installed: projectRoot, window }, async driver => {
      const picture = async name => {
        const file = path.join(images, `${name}.png`);
        await driver.screenshot(file);
        console.log(path.relative(projectRoot, file));
      };
      await driver.waitForStatus();
      await driver.sourceControlRows({ until: ['trees.py', 'notes.txt'] });
      await picture('source-control');
      await driver.openFile('trees.py');
      for (const folder of sampleFolders) await driver.expandFolder(folder);
      await driver.explorerRows({ until: ['trees.py'] });
      await picture('explorer');
    });
  } finally {
    fs.rmSync(temporary, { recursive: true, force: true });
  }
}
