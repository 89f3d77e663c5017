// `npm run package`: builds the extension and packs it into quicksilver-<version>.vsix.
// With --check, the package goes to a temporary folder and, on Linux, is installed in a real VS Code and used there.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { buildExtension, ensureModules } from './lib/prerequisites.mjs';
import { PlainError, outputOf, projectRoot, reportFailure } from './lib/processes.mjs';
import { makeSample } from './sample-repository.mjs';

const sizeLimit = 500_000; // Bytes. What is downloaded and unpacked on every machine is to stay small.
const allowed = /^(dist\/[^/]+\.cjs|media\/.+|package(\.nls(\.[\w-]+)?)?\.json|README\.md|CHANGELOG\.md|LICENSE)$/;
const required = ['package.json', 'README.md', 'CHANGELOG.md', 'LICENSE', 'media/icon.png'].concat(
  ['extension', 'commands', 'worker', 'cli'].map(name => `dist/${name}.cjs`),
);

const { values: options } = parseArgs({ options: { check: { type: 'boolean', default: false } } });

await main().catch(reportFailure);

async function main() {
  await ensureModules();
  await buildExtension();
  await checkContents();
  const { name, version } = JSON.parse(fs.readFileSync(path.join(projectRoot, 'package.json'), 'utf8'));
  const temporary = fs.realpathSync.native(fs.mkdtempSync(path.join(os.tmpdir(), 'quicksilver-package-')));
  try {
    const file = path.join(options.check ? temporary : projectRoot, `${name}-${version}.vsix`);
    await vsce([
      'package',
      '--no-dependencies',
      '--allow-missing-repository',
      '--no-rewrite-relative-links',
      '--out',
      file,
    ]);
    const { size } = fs.statSync(file);
    console.log(`${path.basename(file)}: ${size} bytes`);
    if (size >= sizeLimit) throw new PlainError(`The package is too large: ${size} bytes, the limit is ${sizeLimit}.`);
    if (options.check && process.platform === 'linux') await tryInstalled(file, path.join(temporary, 'sample'));
  } finally {
    fs.rmSync(temporary, { recursive: true, force: true });
  }
}

async function checkContents() {
  const files = (await vsce(['ls', '--no-dependencies'])).split('\n').filter(line => line !== '');
  const missing = required.filter(file => !files.includes(file));
  const foreign = files.filter(file => !allowed.test(file));
  if (missing.length > 0) throw new PlainError(`The package lacks ${missing.join(', ')}.`);
  if (foreign.length > 0) throw new PlainError(`The package has files that do not belong there: ${foreign.join(', ')}`);
}

/** Proves that nothing the extension needs was left out: installed from the package, it must show a status. */
async function tryInstalled(vsix, sample) {
  const { withWorkbench } = await import('./vscode/workbench.mjs');
  await makeSample(sample);
  await withWorkbench({ open: sample, vsix }, driver => driver.sourceControlRows({ until: ['trees.py', 'notes.txt'] }));
  console.log('Installed in VS Code, it shows the changes of a repository.');
}

function vsce(args) {
  return outputOf(process.execPath, [path.join(projectRoot, 'node_modules', '@vscode', 'vsce', 'vsce'), ...args]);
}
