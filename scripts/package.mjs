// `npm run package`: builds the extension and packs it. With native code (where there is a compiler) the package is for
// this platform only: quicksilver-<platform>-<version>.vsix; without, or with --universal, it is for all.
// With --check, the package goes to a temporary folder and, on Linux, is installed in a real VS Code and used there.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { checkNativeCode, installedCommandLine } from './lib/native-code.mjs';
import { readOptions } from './lib/options.mjs';
import { buildExtension, ensureModules } from './lib/prerequisites.mjs';
import { packageReadme } from './lib/package-readme.mjs';
import { PlainError, outputOf, projectRoot, reportFailure } from './lib/processes.mjs';
import { chunksIn } from './lib/shared-chunks.mjs';
import { makeSample } from './sample-repository.mjs';

const sizeLimit = 850_000; // Bytes. Every machine downloads and unpacks it. A quarter are the pictures of the README.
/** Bytes of the start-up bundle, which VS Code loads on the extension host's thread. */
const startLimit = 100_000;
const allowed =
  /^(dist\/[^/]+\.cjs|dist\/askpass\.(sh|cmd)|dist\/third-party-notices\.txt|dist\/native\/[a-z0-9]+-[a-z0-9]+\.node|media\/.+|l10n\/bundle\.l10n(\.[\w-]+)?\.json|package(\.nls(\.[\w-]+)?)?\.json|(dist\/)?README\.md|CHANGELOG\.md|LICENSE|hgext\/(quicksilver\.py|COPYING))$/;
const readme = 'dist/README.md';
const required = ['package.json', readme, 'CHANGELOG.md', 'LICENSE', 'media/icon.png', 'l10n/bundle.l10n.json'].concat(
  ['extension', 'commands', 'worker', 'scanner', 'linear', 'askpass', 'editor', 'cli'].map(name => `dist/${name}.cjs`),
  ['dist/askpass.sh', 'dist/askpass.cmd', 'dist/third-party-notices.txt', 'hgext/quicksilver.py', 'hgext/COPYING'],
);

const { values: options } = readOptions('npm run package --', {
  check: { type: 'boolean', default: false },
  universal: { type: 'boolean', default: false },
});

await main().catch(reportFailure);

async function main() {
  await ensureModules();
  await buildExtension();
  const { name, version, repository } = JSON.parse(fs.readFileSync(path.join(projectRoot, 'package.json'), 'utf8'));
  const text = fs.readFileSync(path.join(projectRoot, 'README.md'), 'utf8');
  const shown = packageReadme(text, projectRoot, repository.url.replace(/^git\+|\.git$/g, ''));
  fs.writeFileSync(path.join(projectRoot, readme), shown);
  const temporary = fs.realpathSync.native(fs.mkdtempSync(path.join(os.tmpdir(), 'quicksilver-package-')));
  try {
    const platform = `${process.platform}-${process.arch}`;
    const native = `dist/native/${platform}.node`;
    const isUniversal = options.universal || !fs.existsSync(path.join(projectRoot, native));
    const ignoreFile = path.join(temporary, 'ignore');
    const allowList = fs.readFileSync(path.join(projectRoot, '.vscodeignore'), 'utf8');
    fs.writeFileSync(ignoreFile, isUniversal ? allowList : `${allowList}!${native}\n`);
    const wanted = ['--no-dependencies', '--ignoreFile', ignoreFile];
    await checkContents(wanted, isUniversal ? [] : [native]);
    const shortName = isUniversal ? `${name}-${version}.vsix` : `${name}-${platform}-${version}.vsix`;
    const file = path.join(options.check ? temporary : projectRoot, shortName);
    await vsce([
      'package',
      ...wanted,
      ...(isUniversal ? [] : ['--target', platform]),
      '--no-rewrite-relative-links',
      '--readme-path',
      readme,
      '--out',
      file,
    ]);
    const { size } = fs.statSync(file);
    console.log(`${path.basename(file)}: ${size} bytes`);
    if (size >= sizeLimit) throw new PlainError(`The package is too large: ${size} bytes, the limit is ${sizeLimit}.`);
    if (options.check && process.platform === 'linux') {
      await tryInstalled(file, path.join(temporary, 'sample'), !isUniversal);
    }
  } finally {
    fs.rmSync(temporary, { recursive: true, force: true });
  }
}

async function checkContents(wanted, natives) {
  const files = (await vsce(['ls', ...wanted])).split('\n').filter(line => line !== '');
  const chunks = chunksIn(path.join(projectRoot, 'dist')).map(name => `dist/${name}`);
  const missing = [...required, ...natives, ...chunks].filter(file => !files.includes(file));
  const foreign = files.filter(file => !allowed.test(file));
  if (missing.length > 0) throw new PlainError(`The package lacks ${missing.join(', ')}.`);
  const { size } = fs.statSync(path.join(projectRoot, 'dist', 'extension.cjs'));
  if (size > startLimit) throw new PlainError(`dist/extension.cjs has ${size} bytes, the limit is ${startLimit}.`);
  if (foreign.length > 0) throw new PlainError(`The package has files that do not belong there: ${foreign.join(', ')}`);
}

/** Proves that nothing the extension needs was left out: installed from the package, it must show a status. */
async function tryInstalled(vsix, sample, hasNative) {
  const { withWorkbench } = await import('./vscode/workbench.mjs');
  await makeSample(sample);
  await withWorkbench({ open: sample, vsix }, async (driver, _page, extensions) => {
    await driver.sourceControlRows({ until: ['trees.py', 'notes.txt'] });
    if (hasNative) await checkNativeCode(process.execPath, [installedCommandLine(extensions)], { cwd: sample });
  });
  console.log('Installed in VS Code, it shows the changes of a repository.');
}

function vsce(args) {
  return outputOf(process.execPath, [path.join(projectRoot, 'node_modules', '@vscode', 'vsce', 'vsce'), ...args]);
}
