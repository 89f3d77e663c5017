// `npm run generate`: writes package.json, package.nls.json and docs/settings.md from src/extension/contributions, and
// l10n/bundle.l10n.json from the texts in src/extension.
// A unit test fails while one of them is stale.
import fs from 'node:fs';
import path from 'node:path';
import * as prettier from 'prettier';
import { createManifest } from '../src/extension/contributions/manifest.ts';
import { createSettingsPage } from '../src/extension/contributions/settingsPage.ts';
import { collectTexts } from './lib/l10n.mjs';
import { projectRoot } from './lib/processes.mjs';

const { contributes, capabilities, texts } = createManifest();
const packageJson = JSON.parse(fs.readFileSync(path.join(projectRoot, 'package.json'), 'utf8'));

await write('package.json', JSON.stringify({ ...packageJson, capabilities, contributes }));
await write('package.nls.json', JSON.stringify(texts));
await write('l10n/bundle.l10n.json', JSON.stringify(collectTexts()));
fs.writeFileSync(path.join(projectRoot, 'docs/settings.md'), createSettingsPage());

async function write(name, text) {
  const file = path.join(projectRoot, name);
  const options = await prettier.resolveConfig(file);
  fs.writeFileSync(file, await prettier.format(text, { ...options, filepath: file }));
}
