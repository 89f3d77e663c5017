// Collects the texts that the extension passes to `l10n.t`, for the bundle that translations start from.
import fs from 'node:fs';
import path from 'node:path';
import { getL10nJson } from '@vscode/l10n-dev';
import { projectRoot } from './processes.mjs';

/** Returns the content of l10n/bundle.l10n.json: each text with itself as its English, sorted. */
export async function collectTexts() {
  const folder = path.join(projectRoot, 'src', 'extension');
  const files = fs.readdirSync(folder, { recursive: true }).filter(name => name.endsWith('.ts'));
  const sources = files.map(name => ({ extension: '.ts', contents: fs.readFileSync(path.join(folder, name), 'utf8') }));
  const texts = await getL10nJson(sources);
  return Object.fromEntries(Object.entries(texts).sort(([a], [b]) => (a < b ? -1 : 1)));
}
