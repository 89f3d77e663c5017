// Puts a real VS Code, server and web workbench, under .vscode-test/, from the npm registry alone. The package
// code-server carries VS Code's own server in lib/vscode, and only that part is unpacked. No install script runs and no
// compiler is needed. As a program: `node scripts/vscode/get-vscode.mjs [1.100.3|1.139.1]`.
import fs from 'node:fs';
import path from 'node:path';
import { PlainError, npmCommand, outputOf, projectRoot, reportFailure } from '../lib/processes.mjs';

// `node` is the Node that the release asks for; it comes from npm unless this process already is of that major
// version. `ripgrep`: this release's own package would download its binary, so the one that npm carries is taken.
const releases = {
  '1.100.3': {
    codeServer: '4.100.3',
    integrity: 'sha512-q/Fh2DOxCRNhC/WiG/6sAhSKnj7ZACTVBaeeZ+rWjol//0FCbl/qg1ln5ecZ99jYcfqMxZZAyWcN+YBIo0DgpA==',
    node: '20.20.2',
    ripgrep: '1.18.0',
  },
  '1.139.1': {
    codeServer: '4.139.1',
    integrity: 'sha512-fUYvJVdz4ZoVJfakGiGWXFMpF8K1ObsrpGvX17ZxNpKOzdNHs7lANT670JTr4ZhA8DnWqyvvmFG/d3HV9Yy6ew==',
    node: '24.21.0',
    ripgrep: undefined,
  },
};

/** The VS Code releases that can be had, oldest first. */
export const knownReleases = Object.keys(releases);

/**
 * Installs a VS Code release, the newest known one by default, unless it is there already.
 * Resolves to { version, directory, node }: where its server lies, and the Node binary to start it with.
 */
export async function getVscode(version = knownReleases.at(-1)) {
  const release = releases[version];
  if (!release) throw new PlainError(`VS Code ${version} is not among the known releases: ${knownReleases.join(', ')}`);
  if (process.platform !== 'linux') {
    throw new PlainError('The VS Code server from npm runs on Linux only; use QUICKSILVER_VSCODE=desktop here.');
  }
  const destination = path.join(projectRoot, '.vscode-test', `server-${version}`);
  const directory = path.join(destination, 'vscode');
  const ownNode = process.versions.node.split('.')[0] === release.node.split('.')[0];
  const node = ownNode
    ? process.execPath
    : path.join(destination, 'node', 'node_modules', `node-linux-${process.arch}`, 'bin', 'node');
  // Written last, so that an interrupted installation starts over.
  const stamp = path.join(destination, 'complete.json');
  if (!fs.existsSync(stamp)) {
    console.log(`Fetching VS Code ${version} from npm (once) ...`);
    fs.rmSync(destination, { recursive: true, force: true });
    fs.mkdirSync(destination, { recursive: true });
    await unpackServer(release, destination);
    await installModules(release, directory);
    const product = JSON.parse(fs.readFileSync(path.join(directory, 'product.json'), 'utf8'));
    if (product.version !== version)
      throw new PlainError(`code-server carries VS Code ${product.version}, not ${version}`);
    fs.writeFileSync(stamp, JSON.stringify({ version, codeServer: release.codeServer }));
  }
  if (!fs.existsSync(node)) await installNode(release, path.join(destination, 'node'));
  return { version, directory, node };
}

async function unpackServer(release, destination) {
  const [packed] = JSON.parse(
    await npm(['pack', `code-server@${release.codeServer}`, '--json', '--ignore-scripts'], destination),
  );
  if (packed.integrity !== release.integrity) {
    throw new PlainError(`code-server@${release.codeServer} is not the package that was pinned: ${packed.integrity}`);
  }
  const archive = path.join(destination, packed.filename);
  const only = ['--strip-components=2', '--exclude=*.map', 'package/lib/vscode'];
  await outputOf('tar', ['-xzf', archive, '-C', destination, ...only]);
  fs.rmSync(archive);
}

async function installModules(release, directory) {
  // The package's own shrinkwrap counts; it lacks some peers. Optional packages stay: the file watcher is one.
  await npm(['ci', '--legacy-peer-deps', '--ignore-scripts', '--omit=dev', '--no-audit', '--no-fund'], directory);
  const modules = path.join(directory, 'node_modules');
  // Built-in extensions and the file search look here too.
  fs.symlinkSync('node_modules', path.join(directory, 'node_modules.asar'));
  // Native add-ons without which a server works just as well get stand-ins instead of being compiled.
  for (const name of ['native-watchdog', '@vscode/native-watchdog']) {
    const folder = path.join(modules, name);
    if (fs.existsSync(folder)) fs.writeFileSync(path.join(folder, 'index.js'), 'exports.start = () => {};\n');
  }
  fs.copyFileSync(path.join(import.meta.dirname, 'spdlog.cjs'), path.join(modules, '@vscode', 'spdlog', 'index.js'));
  if (release.ripgrep) {
    const name = `@vscode/ripgrep-linux-${process.arch}@${release.ripgrep}`;
    const [packed] = JSON.parse(await npm(['pack', name, '--json', '--ignore-scripts'], directory));
    const archive = path.join(directory, packed.filename);
    const target = path.join(modules, '@vscode', 'ripgrep');
    await outputOf('tar', ['-xzf', archive, '-C', target, '--strip-components=1', 'package/bin/rg']);
    fs.rmSync(archive);
  }
}

async function installNode(release, directory) {
  fs.mkdirSync(directory, { recursive: true });
  fs.writeFileSync(path.join(directory, 'package.json'), '{"private":true}');
  const name = `node-linux-${process.arch}@${release.node}`;
  await npm(
    ['install', name, '--ignore-scripts', '--no-audit', '--no-fund', '--no-save', '--no-package-lock'],
    directory,
  );
}

function npm(args, cwd) {
  const { command, args: all, options } = npmCommand(args);
  return outputOf(command, all, { cwd, ...options });
}

if (process.argv[1] === import.meta.filename) {
  await getVscode(process.argv[2]).then(found => console.log(JSON.stringify(found)), reportFailure);
}
